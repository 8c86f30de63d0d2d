package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Spring's SSL bundles between two services that find each other by name. */
class TlsTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final TestAuthority authority = TestAuthority.create("mall");

  @Test
  void servesAndCallsWithBundles() {
    Map<String, String> server =
        Map.of(
            "spring.grpc.server.ssl.bundle",
            "mall",
            "spring.grpc.server.ssl.client-auth",
            "REQUIRE");
    try (ConfigurableApplicationContext shop = start(server, "shop");
        ConfigurableApplicationContext caller =
            start(Map.of("spring.grpc.client.channel.shop.ssl.bundle", "mall"), "caller");
        ConfigurableApplicationContext plaintext = start(Map.of(), "plaintext");
        ConfigurableApplicationContext stranger =
            start(Map.of("spring.grpc.client.channel.shop.ssl.enabled", "true"), "stranger")) {
      assertThat(ask(caller).getProductIds(0)).isEqualTo("one");
      assertUnavailable(plaintext);
      assertUnavailable(stranger);
    }
  }

  private static void assertUnavailable(ConfigurableApplicationContext caller) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask(caller));
    assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  /** A service's certificate has its name in discovery. */
  private ConfigurableApplicationContext start(Map<String, String> properties, String name) {
    TestCertificate own = authority.issue(name);
    Map<String, Object> all = new HashMap<>(properties);
    all.put("platform.etcd.endpoints", etcd.endpoint().toString());
    all.put("spring.application.name", name);
    all.put("spring.ssl.bundle.pem.mall.keystore.certificate", own.certificatePem());
    all.put("spring.ssl.bundle.pem.mall.keystore.private-key", own.privateKeyPem());
    all.put("spring.ssl.bundle.pem.mall.truststore.certificate", authority.certificatePem());
    return Shop.start(all);
  }

  private static GetRecommendationsResponse ask(ConfigurableApplicationContext app) {
    return RecommendationServiceGrpc.newBlockingStub(
            app.getBean(GrpcChannelFactory.class).createChannel("shop"))
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }
}
