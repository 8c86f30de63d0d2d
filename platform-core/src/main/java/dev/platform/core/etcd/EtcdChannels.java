package dev.platform.core.etcd;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens gRPC channels over all of etcd's endpoints.
 *
 * @param executor where answers to calls arrive
 */
record EtcdChannels(EtcdSettings settings, EtcdTransport transport, Executor executor)
    implements EtcdChannelFactory {

  private static final int MAX_ANSWER_BYTES = 64 << 20;

  /**
   * Opens a channel with these certificates, or with what the JVM trusts; plaintext for {@code
   * http} endpoints.
   *
   * @throws IllegalStateException if the certificates can't be used
   */
  @Override
  @SuppressWarnings("deprecation") // nameResolverFactory: the only way to set a resolver
  public ManagedChannel open(@Nullable EtcdTls tls) {
    var endpoints = settings.parsedEndpoints();
    ManagedChannelBuilder<?> builder =
        transport.builder(
            EtcdEndpointsResolver.Provider.SCHEME + ":///etcd",
            settings.requestTimeout(),
            endpoints.get(0).secure(),
            tls);
    return builder
        .defaultLoadBalancingPolicy("round_robin")
        .executor(executor)
        .disableRetry()
        .maxInboundMessageSize(MAX_ANSWER_BYTES)
        .keepAliveTime(EtcdTransport.KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(3, TimeUnit.SECONDS)
        .nameResolverFactory(new EtcdEndpointsResolver.Provider(endpoints))
        .build();
  }
}
