package com.example.balanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.web.client.RestClient;

@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1"
    })
@AutoConfigureEtcd
class LoadBalancedTest {

  @Autowired private RestClient.Builder byName;
  @Autowired private EmbeddedEtcd etcd;

  @Test
  void aLoadBalancedClientCallsTheHttpPort() {
    await().atMost(Duration.ofMinutes(3)).until(() -> etcd.keys("/services/price-service/").size() == 1);

    assertThat(
            byName.build().get().uri("http://price-service/price").retrieve().body(String.class))
        .isEqualTo("1299");
  }
}
