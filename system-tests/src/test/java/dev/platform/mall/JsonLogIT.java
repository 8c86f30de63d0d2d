package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.platform.contracts.payment.v1.GetPaymentRequest;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceBlockingStub;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One property turns the log into JSON that a log store can parse. */
class JsonLogIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Test
  void everyLineIsEcsAndCallLinesHaveTheirTrace() throws Exception {
    try (Mall mall = Mall.withEtcd("json-log");
        Channels channels = new Channels()) {
      mall.configure(
          App.PAYMENT,
          Map.of(
              "LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs",
              "LOGGING_LEVEL_DEV_PLATFORM_CALLS", "debug"));
      AppProcess app = mall.start(App.PAYMENT);
      app.awaitReady();
      PaymentServiceBlockingStub payments =
          PaymentServiceGrpc.newBlockingStub(channels.to(app.address()));
      assertThatThrownBy(
              () -> payments.getPayment(GetPaymentRequest.newBuilder().setOrderId("o-1").build()))
          .hasMessageContaining("NOT_FOUND");
      await().atMost(TIMEOUT).until(() -> call(app).isPresent());

      for (String line : app.log().text().lines().filter(line -> !isOfTheJvm(line)).toList()) {
        JsonNode event = JSON.readTree(line);
        assertThat(event.path("@timestamp").asText()).as(line).isNotEmpty();
        assertThat(event.at("/service/name").asText()).as(line).isEqualTo("payment-app");
        assertThat(event.at("/log/level").asText()).as(line).isNotEmpty();
      }
      JsonNode call = JSON.readTree(call(app).orElseThrow());
      assertThat(call.at("/log/level").asText()).isEqualTo("DEBUG");
      assertThat(call.path("trace.id").asText()).matches("[0-9a-f]{32}");
      assertThat(call.path("span.id").asText()).matches("[0-9a-f]{16}");
    }
  }

  /**
   * JVMs of version 24 and later write warnings about libraries to stderr, bypassing every logger.
   */
  private static boolean isOfTheJvm(String line) {
    return line.isEmpty() || line.startsWith("WARNING: ");
  }

  private static Optional<String> call(AppProcess app) {
    return app.log()
        .text()
        .lines()
        .filter(line -> line.contains("served payment.v1.PaymentService/GetPayment"))
        .findFirst();
  }
}
