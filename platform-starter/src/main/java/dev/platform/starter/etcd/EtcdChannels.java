package dev.platform.starter.etcd;

import dev.platform.starter.defaults.InvalidPropertyException;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Opens gRPC channels over all of etcd's endpoints.
 *
 * @param executor where calls are told of their answers
 */
record EtcdChannels(EtcdProperties properties, Executor executor) {

  private static final int MAX_ANSWER_BYTES = 64 << 20;

  /** One with the certificates that the properties name. */
  ManagedChannel open(SslBundles bundles) {
    String name = properties.ssl().bundle();
    if (name == null) {
      return open((SslBundle) null);
    }
    try {
      return open(bundles.getBundle(name));
    } catch (RuntimeException e) {
      throw new InvalidPropertyException(
          "platform.etcd.ssl.bundle",
          name,
          "the name of an SSL bundle under spring.ssl.bundle that can be loaded; " + e.getMessage(),
          e);
    }
  }

  /**
   * One with these certificates, or with what the JVM trusts; plaintext for {@code http} endpoints.
   *
   * @throws IllegalStateException if the bundle can't be loaded
   */
  @SuppressWarnings("deprecation") // nameResolverFactory: the only way to a resolver of one's own
  ManagedChannel open(@Nullable SslBundle bundle) {
    var endpoints = properties.parsedEndpoints();
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(EtcdEndpointsResolver.Provider.SCHEME + ":///etcd")
            .defaultLoadBalancingPolicy("round_robin")
            .executor(executor)
            .disableRetry()
            .maxInboundMessageSize(MAX_ANSWER_BYTES)
            // Where packets vanish, the system's own pauses between attempts double from 1 s on.
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) properties.requestTimeout().toMillis())
            // A frozen member is noticed by its missing answers to pings; gRPC sends none earlier.
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(3, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true);
    builder.nameResolverFactory(new EtcdEndpointsResolver.Provider(endpoints));
    if (!endpoints.get(0).secure()) {
      builder.usePlaintext();
    } else if (bundle == null) {
      builder.useTransportSecurity();
    } else {
      builder.sslContext(context(bundle));
    }
    return builder.build();
  }

  private static SslContext context(SslBundle bundle) {
    SslContextBuilder builder =
        GrpcSslContexts.forClient()
            .trustManager(bundle.getManagers().getTrustManagerFactory())
            .keyManager(bundle.getManagers().getKeyManagerFactory());
    String[] protocols = bundle.getOptions().getEnabledProtocols();
    if (protocols != null) {
      builder.protocols(protocols);
    }
    String[] ciphers = bundle.getOptions().getCiphers();
    if (ciphers != null) {
      builder.ciphers(Arrays.asList(ciphers));
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
