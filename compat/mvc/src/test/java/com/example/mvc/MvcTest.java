package com.example.mvc;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.compat.Http;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
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
class MvcTest {

  @Autowired private Environment environment;

  @Test
  void aControllerCallsAServiceByItsName() throws Exception {
    assertThat(Http.get(environment, "/price").body()).isEqualTo("1299");
  }

  @Test
  void theActuatorShowsThePlatform() throws Exception {
    assertThat(Http.get(environment, "/actuator/platform").body()).contains("price-service");
    assertThat(Http.get(environment, "/actuator/health/readiness").statusCode()).isEqualTo(200);
  }
}
