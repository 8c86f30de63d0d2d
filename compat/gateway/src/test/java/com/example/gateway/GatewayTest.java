package com.example.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Http;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.env.Environment;

@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1"
    })
@AutoConfigureEtcd
class GatewayTest {

  @Autowired private EmbeddedEtcd etcd;
  @Autowired private Environment environment;

  @BeforeEach
  void isRegistered() {
    await().atMost(Duration.ofMinutes(3)).until(() -> etcd.keys("/services/price-service/").size() == 1);
  }

  @Test
  void routesToTheHttpPortOfAServiceByItsName() throws Exception {
    assertThat(Http.get(environment, "/by-name/price").body()).isEqualTo("1299");
  }

  @Test
  void theLocatorRoutesToEveryRegisteredService() {
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(Http.get(environment, "/price-service/price").body())
                    .isEqualTo("1299"));
  }
}
