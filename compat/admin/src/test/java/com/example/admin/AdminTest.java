package com.example.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Http;
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
class AdminTest {

  @Autowired private Environment environment;

  @Test
  void findsTheServiceInEtcdAndReadsItsHealthAtTheHttpPort() {
    String port = environment.getRequiredProperty("local.server.port");

    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(Http.get(environment, "/instances", "application/json").body())
                    .contains("http://127.0.0.1:" + port + "/actuator/health")
                    .contains("\"status\":\"UP\""));
  }
}
