package dev.platform.starter.test.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A TLS server and clients with various certificates. */
abstract class TlsConformance {

  private final TestAuthority authority = TestAuthority.create("tests");
  private final TestAuthority stranger = TestAuthority.create("strangers");

  abstract EtcdServer server(ServerTls tls);

  abstract void certificate(EtcdServer server, TestCertificate certificate);

  @Test
  void servesClientsThatTrustItsCertificate() throws Exception {
    try (EtcdServer etcd = server(ServerTls.of(authority.issue("etcd")))) {
      etcd.start();

      assertThat(etcd.endpoint().getScheme()).isEqualTo("https");
      assertThat(ask(etcd, authority, null)).isEqualTo(Status.Code.OK);
      assertThat(ask(etcd, stranger, null)).isEqualTo(Status.Code.UNAVAILABLE);
      etcd.put("k", "1");
      assertThat(etcd.keys("")).containsExactly("k");
    }
  }

  @Test
  void servesOnlyClientsWithACertificateIfRequired() throws Exception {
    try (EtcdServer etcd = server(ServerTls.mutual(authority.issue("etcd"), authority))) {
      etcd.start();

      assertThat(ask(etcd, authority, authority.issue("app"))).isEqualTo(Status.Code.OK);
      assertThat(ask(etcd, authority, null)).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(ask(etcd, authority, stranger.issue("app"))).isEqualTo(Status.Code.UNAVAILABLE);
      etcd.put("k", "1");
      assertThat(etcd.keys("")).containsExactly("k");
    }
  }

  @Test
  void presentsAReplacedCertificate() throws Exception {
    try (EtcdServer etcd = server(ServerTls.of(authority.issue("etcd")))) {
      etcd.start();

      certificate(etcd, stranger.issue("etcd"));

      assertThat(ask(etcd, authority, null)).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(ask(etcd, stranger, null)).isEqualTo(Status.Code.OK);
      etcd.restart();
      assertThat(ask(etcd, stranger, null)).isEqualTo(Status.Code.OK);
    }
  }

  private static Status.Code ask(EtcdServer etcd, TestAuthority trusted, TestCertificate own)
      throws Exception {
    SslContextBuilder ssl = GrpcSslContexts.forClient().trustManager(trusted.certificate());
    if (own != null) {
      ssl.keyManager(own.privateKey(), own.certificate());
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", etcd.port()).sslContext(ssl.build()).build();
    try {
      KVGrpc.KVBlockingStub kv =
          KVGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
      RangeRequest request = RangeRequest.newBuilder().setKey(EtcdApi.bytes("k")).build();
      var refusal = catchThrowableOfType(StatusRuntimeException.class, () -> kv.range(request));
      return refusal == null ? Status.Code.OK : refusal.getStatus().getCode();
    } finally {
      channel.shutdownNow();
    }
  }
}
