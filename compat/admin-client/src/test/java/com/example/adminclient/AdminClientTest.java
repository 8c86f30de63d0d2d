package com.example.adminclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.spring.AutoConfigureEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "grpc.server.port=0",
      "spring.grpc.server.port=0",
      "platform.registry.advertise-host=127.0.0.1"
    })
@AutoConfigureEtcd
class AdminClientTest {

  private static final List<String> registered = new CopyOnWriteArrayList<>();
  private static HttpServer admin;

  @Autowired private Environment environment;
  @Autowired private EmbeddedEtcd etcd;

  @DynamicPropertySource
  static void server(DynamicPropertyRegistry properties) throws IOException {
    admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(
        "/instances",
        exchange -> {
          registered.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] answer = "{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(201, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    admin.start();
    String uri = "http://127.0.0.1:" + admin.getAddress().getPort();
    properties.add("spring.boot.admin.client.url", () -> uri);
  }

  @AfterAll
  static void stop() {
    admin.stop(0);
  }

  @Test
  void isRegisteredInEtcdAndAtTheAdminServerWithItsHttpPort() {
    await().atMost(Duration.ofMinutes(3)).until(() -> etcd.keys("/services/price-service/").size() == 1);
    await().atMost(Duration.ofMinutes(3)).until(() -> !registered.isEmpty());

    assertThat(registered.get(0))
        .contains("price-service")
        .contains(":" + environment.getRequiredProperty("local.server.port") + "/");
  }
}
