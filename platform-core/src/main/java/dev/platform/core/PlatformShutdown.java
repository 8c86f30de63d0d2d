package dev.platform.core;

import dev.platform.core.drain.Drain;
import dev.platform.core.registry.EtcdRegistrar;
import dev.platform.core.resolver.ResolverContext;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a platform ends: deregistration, drain, server, channels, connections. */
final class PlatformShutdown {

  private static final Logger log = LoggerFactory.getLogger(PlatformShutdown.class);
  private static final long CHANNEL_SHUTDOWN_MILLIS = 1_000;

  private final PlatformBuilder settings;
  private final EtcdRegistrar registrar;
  private final ResolverContext resolver;
  private final Drain drain;
  private final OpenResources resources;

  PlatformShutdown(
      PlatformBuilder settings,
      EtcdRegistrar registrar,
      ResolverContext resolver,
      Drain drain,
      OpenResources resources) {
    this.settings = settings;
    this.registrar = registrar;
    this.resolver = resolver;
    this.drain = drain;
    this.resources = resources;
  }

  /** Blocks until everything is closed. */
  void run(@Nullable Server server, List<ManagedChannel> channels) {
    drain.leave(this::deregister);
    if (server != null) {
      stop(server);
    }
    drain.serverStopped();
    close(channels);
    resources.close();
  }

  /** Whether clients may still see this program as an instance. */
  private boolean deregister() {
    resolver.leaving();
    boolean registered = registrar.snapshot().acquisitions() > 0;
    try {
      registrar.close().get(settings.etcd.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.warn(
          "etcd did not confirm the deregistration in time; the keys will expire with the lease");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      log.warn("Deregistration failed; the keys will expire with the lease", e);
    }
    return registered;
  }

  private void stop(Server server) {
    drain.serverStopping(server);
    server.shutdown();
    try {
      if (!server.awaitTermination(settings.drain.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void close(List<ManagedChannel> channels) {
    channels.forEach(ManagedChannel::shutdown);
    long end =
        settings.nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(CHANNEL_SHUTDOWN_MILLIS);
    for (ManagedChannel channel : channels) {
      try {
        if (!channel.awaitTermination(end - settings.nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
          channel.shutdownNow();
        }
      } catch (InterruptedException e) {
        channel.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
  }
}
