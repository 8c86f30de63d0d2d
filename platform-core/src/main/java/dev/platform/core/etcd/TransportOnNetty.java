package dev.platform.core.etcd;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Uses {@code grpc-netty} and the application's own Netty; built a second time for the shaded one.
 */
final class TransportOnNetty implements EtcdTransport {

  @Override
  public NettyChannelBuilder builder(
      String target, Duration connectTimeout, boolean secure, @Nullable EtcdTls tls) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget(target)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis());
    if (!secure) {
      return builder.usePlaintext();
    }
    return tls == null ? builder.useTransportSecurity() : builder.sslContext(context(tls));
  }

  private static SslContext context(EtcdTls tls) {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    if (tls.trust() != null) {
      builder.trustManager(tls.trust());
    }
    if (tls.key() != null) {
      builder.keyManager(tls.key());
    }
    if (tls.protocols() != null) {
      builder.protocols(tls.protocols());
    }
    if (tls.ciphers() != null) {
      builder.ciphers(tls.ciphers());
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
