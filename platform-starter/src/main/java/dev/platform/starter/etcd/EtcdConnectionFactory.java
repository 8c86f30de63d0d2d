package dev.platform.starter.etcd;

import dev.platform.starter.defaults.InvalidPropertyException;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Opens the connection that the properties describe. */
final class EtcdConnectionFactory {

  private static final int MAX_ANSWER_BYTES = 64 << 20;

  private EtcdConnectionFactory() {}

  static EtcdConnection open(EtcdProperties properties, SslBundles bundles, LongSupplier nanoTime) {
    ScheduledThreadPoolExecutor executor = newExecutor();
    ManagedChannel channel = channel(properties, bundles, executor);
    EtcdAvailability availability =
        new EtcdAvailability(properties.endpoints().toString(), nanoTime);
    return new EtcdConnection(
        channel,
        executor,
        availability,
        credentials(properties, channel),
        properties.requestTimeout(),
        nanoTime);
  }

  private static ScheduledThreadPoolExecutor newExecutor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "platform-etcd");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  @SuppressWarnings("deprecation") // nameResolverFactory: the only way to a resolver of one's own
  private static ManagedChannel channel(
      EtcdProperties properties, SslBundles bundles, ScheduledThreadPoolExecutor executor) {
    var endpoints = properties.parsedEndpoints();
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(EtcdEndpointsResolver.Provider.SCHEME + ":///etcd")
            .defaultLoadBalancingPolicy("round_robin")
            .executor(executor)
            .offloadExecutor(executor)
            .disableRetry()
            .maxInboundMessageSize(MAX_ANSWER_BYTES)
            // A frozen member is noticed by its missing answers to pings; etcd allows one in 5 s.
            .keepAliveTime(6, TimeUnit.SECONDS)
            .keepAliveTimeout(3, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true);
    builder.nameResolverFactory(new EtcdEndpointsResolver.Provider(endpoints));
    if (endpoints.get(0).secure()) {
      secure(builder, properties.ssl().bundle(), bundles);
    } else {
      builder.usePlaintext();
    }
    return builder.build();
  }

  private static void secure(
      NettyChannelBuilder builder, @Nullable String bundleName, SslBundles bundles) {
    builder.useTransportSecurity();
    if (bundleName == null) {
      return;
    }
    try {
      SslBundle bundle = bundles.getBundle(bundleName);
      builder.sslContext(
          GrpcSslContexts.forClient()
              .trustManager(bundle.getManagers().getTrustManagerFactory())
              .keyManager(bundle.getManagers().getKeyManagerFactory())
              .build());
    } catch (RuntimeException | SSLException e) {
      throw new InvalidPropertyException(
          "platform.etcd.ssl.bundle",
          bundleName,
          "the name of an SSL bundle under spring.ssl.bundle that can be loaded; " + e.getMessage(),
          e);
    }
  }

  private static @Nullable EtcdCredentials credentials(
      EtcdProperties properties, ManagedChannel channel) {
    String username = properties.username();
    String password = properties.password();
    return username == null || password == null
        ? null
        : new EtcdCredentials(channel, username, password, properties.requestTimeout());
  }
}
