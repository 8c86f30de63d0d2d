package dev.platform.order.edge;

import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import net.devh.boot.grpc.server.service.GrpcServiceDefinition;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;

/**
 * An in-process server with this app's gRPC services, for the edge. It has the same interceptors
 * and configuration as the server on the socket, so a request over HTTP is validated, limited,
 * measured and traced like every other; only this one believes what the edge says of the user. It
 * is not net.devh's own in-process server, whose start and stop events look like the real server's
 * to listeners. Starts before the web server and stops after it.
 */
final class InProcessServer implements SmartLifecycle {

  private final String name = "edge-" + UUID.randomUUID();
  private final GrpcServiceDiscoverer services;
  private final List<GrpcServerConfigurer> configurers;
  private volatile @Nullable Server server;

  InProcessServer(GrpcServiceDiscoverer services, List<GrpcServerConfigurer> configurers) {
    this.services = services;
    this.configurers = configurers;
  }

  /** The server's name. */
  String name() {
    return name;
  }

  @Override
  public void start() {
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
    for (GrpcServiceDefinition service : services.findGrpcServices()) {
      builder.addService(service.getDefinition());
    }
    builder.intercept(EdgeCaller.receiver());
    configurers.forEach(configurer -> configurer.accept(builder));
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    Server stopping = server;
    server = null;
    if (stopping != null) {
      stopping.shutdownNow();
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }

  @Override
  public int getPhase() {
    // The web server's own phase is 1024 below the one that it drains in.
    return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE - 2048;
  }
}
