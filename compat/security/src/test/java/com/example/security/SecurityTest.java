package com.example.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Http;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import java.time.Duration;
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
class SecurityTest {

  @Autowired private Environment environment;
  @Autowired private EmbeddedEtcd etcd;

  @Test
  void isRegisteredAndPathsNeedALogin() throws Exception {
    await().atMost(Duration.ofMinutes(3)).until(() -> etcd.keys("/services/price-service/").size() == 1);

    assertThat(Http.get(environment, "/price").statusCode()).isEqualTo(401);
    assertThat(Http.get(environment, "/actuator/platform").statusCode()).isEqualTo(401);
    assertThat(Http.get(environment, "/actuator/health").statusCode()).isEqualTo(200);
  }
}
