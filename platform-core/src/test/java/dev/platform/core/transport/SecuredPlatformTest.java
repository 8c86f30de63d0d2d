package dev.platform.core.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.drain.DrainSettings;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.tls.TestAuthority;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mutual TLS between programs without a framework, found by etcd. */
class SecuredPlatformTest {

  private static final String CALLEE = "recommendation-service";

  private final TestAuthority authority = TestAuthority.create("mall");
  private EmbeddedEtcd etcd;

  @BeforeEach
  void start() {
    etcd = EmbeddedEtcd.builder().build();
    etcd.start();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private PlatformBuilder builder(String service, TransportSecurity security) {
    return Platform.builder(service)
        .etcdEndpoints("http://127.0.0.1:" + etcd.port())
        .advertise("127.0.0.1")
        .drain(new DrainSettings(Duration.ZERO, Duration.ofSeconds(5)))
        .closeAtShutdown(false)
        .transportSecurity(security);
  }

  private TransportSecurity security(TransportMode mode, String service) {
    return TransportSecurity.builder(
            mode,
            TestCertificates.of(authority.issue(service, Set.of(service), Set.of()), authority))
        .maxConnectionAge(Duration.ofSeconds(1), Duration.ofSeconds(1))
        .build();
  }

  private static String call(Platform caller) {
    return RecommendationServiceGrpc.newBlockingStub(caller.channel(CALLEE))
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }

  private static RecommendationServiceImplBase answering(String product) {
    return new RecommendationServiceImplBase() {
      @Override
      public void getRecommendations(
          GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
        answer.onNext(GetRecommendationsResponse.newBuilder().addProductIds(product).build());
        answer.onCompleted();
      }
    };
  }

  @Test
  void programsCallEachOther() throws IOException {
    try (Platform callee = builder(CALLEE, security(TransportMode.STRICT, CALLEE)).build();
        Platform caller = builder("caller", security(TransportMode.STRICT, "caller")).build();
        Platform moving = builder("moving", security(TransportMode.PERMISSIVE, "moving")).build();
        Platform open = builder("open", TransportSecurity.plaintext()).build()) {
      callee.serve(0, answering("p-1"));
      assertThat(call(caller)).isEqualTo("p-1");
      assertThat(call(moving)).isEqualTo("p-1");
      String key = etcd.keys("/services/" + CALLEE + "/").get(0);
      assertThat(etcd.get(key).orElseThrow()).contains("\"tls\":\"mutual\"");
      assertThatThrownBy(() -> call(open)).hasMessageContaining("UNAVAILABLE");
    }
  }

  @Test
  void aServerOfTheProgramsOwnKeepsItsLimits() throws IOException {
    TransportSecurity security = security(TransportMode.STRICT, CALLEE);
    try (Platform callee = builder(CALLEE, security).build();
        Platform second = builder("second", security).build()) {
      Server own =
          callee.serve(
              NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
              answering("p-1"));
      assertThat(own.getPort()).isPositive();
      await().until(() -> !etcd.keys("/services/" + CALLEE + "/").isEmpty());
      String key = etcd.keys("/services/" + CALLEE + "/").get(0);
      assertThat(etcd.get(key).orElseThrow()).doesNotContain("mutual");
      assertThat(second.serve(InProcessServerBuilder.forName("here"), answering("p-2")).getPort())
          .isNegative();
    }
  }

  /** Whoever can write to etcd adds an address: it gets no call, and does no harm. */
  @Test
  void anImpostorInEtcdGetsNoCall() throws IOException {
    TestAuthority own = TestAuthority.create("own");
    Server impostor = impostor(own);
    etcd.put(
        "/services/" + CALLEE + "/127.0.0.1:" + impostor.getPort(),
        "127.0.0.1:" + impostor.getPort());
    try (Platform callee = builder(CALLEE, security(TransportMode.STRICT, CALLEE)).build();
        Platform caller = builder("caller", security(TransportMode.STRICT, "caller")).build()) {
      callee.serve(0, answering("p-1"));
      await().until(() -> etcd.keys("/services/" + CALLEE + "/").size() == 2);
      var stub =
          RecommendationServiceGrpc.newBlockingStub(caller.channel(CALLEE))
              .withDeadlineAfter(60, TimeUnit.SECONDS);
      for (int i = 0; i < 100; i++) {
        assertThat(
                stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance())
                    .getProductIds(0))
            .isEqualTo("p-1");
      }
      assertThat(caller.circuitBreakers().circuitBreaker(CALLEE).getState())
          .isEqualTo(CircuitBreaker.State.CLOSED);
    } finally {
      impostor.shutdownNow();
    }
  }

  private static Server impostor(TestAuthority own) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    TransportSecurity.builder(
            TransportMode.PERMISSIVE,
            TestCertificates.of(own.issue(CALLEE, Set.of(CALLEE), Set.of()), own))
        .build()
        .secure(builder);
    return builder.addService(answering("stolen")).build().start();
  }

  /** As in a rolling restart: the same address, with and without TLS. */
  @Test
  void aPermissiveClientFollowsTheMetadata() throws IOException {
    TransportSecurity server = security(TransportMode.PERMISSIVE, CALLEE);
    try (Connected here = new Connected(Connected.Netty.UNSHADED);
        Platform caller = builder("caller", security(TransportMode.PERMISSIVE, "caller")).build()) {
      int port = here.serve(server);
      String key = "/services/" + CALLEE + "/127.0.0.1:" + port;
      String address = "{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":{%s}}";
      etcd.put(key, address.formatted(port, "\"weight\":\"100\""));
      var channel = caller.channel(CALLEE);
      assertThat(Connected.who(channel)).isEqualTo("the connection is not encrypted");
      etcd.put(key, address.formatted(port, "\"tls\":\"mutual\""));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(Connected.who(channel)).contains("the certificate has neither"));
      etcd.put(key, address.formatted(port, "\"weight\":\"100\""));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(Connected.who(channel)).isEqualTo("the connection is not encrypted"));
    }
  }
}
