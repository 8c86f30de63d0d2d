package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EmbeddedEtcdBuilder;
import dev.platform.starter.test.etcd.ServerTls;
import dev.platform.starter.test.tls.TestAuthority;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Covers both Netty variants of gRPC. */
class EtcdTransportTest {

  private final TestAuthority authority = TestAuthority.create("ours");

  static Stream<EtcdTransport> transports() {
    return Stream.of(new TransportOnShadedNetty(), new TransportOnNetty());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void connectsWithoutTls(EtcdTransport transport) {
    assertAnswers(transport, EmbeddedEtcd.builder(), "http", null);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void connectsWithAClientCertificate(EtcdTransport transport) {
    assertAnswers(
        transport,
        EmbeddedEtcd.builder().tls(ServerTls.mutual(authority.issue("etcd"), authority)),
        "https",
        TestTls.trusting(authority, authority.issue("app")));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void rejectsUnusableCertificates(EtcdTransport transport) {
    assertThatThrownBy(
            () -> transport.builder("localhost:1", Duration.ofSeconds(1), true, TestTls.broken()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shadedNettyWinsIfBothArePresent() {
    assertThat(EtcdTransport.available()).isInstanceOf(TransportOnShadedNetty.class);
  }

  private static void assertAnswers(
      EtcdTransport transport, EmbeddedEtcdBuilder builder, String scheme, @Nullable EtcdTls tls) {
    try (EmbeddedEtcd etcd = builder.build()) {
      etcd.start();
      EtcdSettings settings =
          EtcdSettings.defaults().withEndpoints(List.of(scheme + "://127.0.0.1:" + etcd.port()));
      ManagedChannel channel = new EtcdChannels(settings, transport, Runnable::run).open(tls);
      try {
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> answers(channel));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static boolean answers(ManagedChannel channel) {
    return KVGrpc.newBlockingStub(channel)
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build())
        .hasHeader();
  }
}
