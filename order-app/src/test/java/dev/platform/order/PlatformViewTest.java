package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PlatformViewTest extends FullMallTest {

  @Test
  void showsServicesWithTheirInstancesAndLeases() {
    JsonNode service =
        Awaitility.await()
            .atMost(SOON)
            .pollInterval(Duration.ofMillis(100))
            .until(
                () -> find(view().get("services"), "name", "order-service"),
                found -> found != null && found.at("/instances/0/lease").isTextual());

    JsonNode instance = service.get("instances").get(0);
    JsonNode self = view().get("self");
    assertThat(self.at("/lease/state").textValue()).isEqualTo("HELD");
    assertThat(instance.get("lease")).isEqualTo(self.at("/lease/id"));
    assertThat(instance.get("self").booleanValue()).isTrue();
    assertThat(instance.get("zone").textValue()).isEqualTo("eu-1");
    assertThat(instance.get("startedAt").isTextual()).isTrue();
    assertThat(service.get("following").booleanValue()).isTrue();
    assertThat(self.get("app").textValue()).isEqualTo("order-app");
    assertThat(self.get("phase").textValue()).isEqualTo("UP");
    assertThat(find(view().get("services"), "name", "notification-service")).isNotNull();
  }

  @Test
  void countsIncomingOutgoingAndFailedCalls() {
    JsonNode before = view();
    assertThat(send(post(orderJson("p-mug", 1))).statusCode()).isEqualTo(201);
    assertThat(send(post(orderJson("p-nothing", 1))).statusCode()).isEqualTo(400);

    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              JsonNode after = view();
              String create = "order.v1.OrderService/CreateOrder";
              assertThat(added(before, after, create, "count")).isEqualTo(2);
              assertThat(added(before, after, create, "failed")).isEqualTo(1);
              assertThat(added(before, after, "payment.v1.PaymentService/CreatePayment", "count"))
                  .isEqualTo(1);
            });
  }

  @Test
  void showsEachBreaker() {
    assertThat(send(post(orderJson("p-mug", 1))).statusCode()).isEqualTo(201);

    JsonNode breakers = view().get("breakers");

    assertThat(breakers).isNotEmpty();
    assertThat(breakers).allSatisfy(b -> assertThat(b.get("state").isTextual()).isTrue());
  }

  private JsonNode view() {
    return json(send(to("/api/platform")));
  }

  private static long added(JsonNode before, JsonNode after, String method, String number) {
    return number(after, method, number) - number(before, method, number);
  }

  private static long number(JsonNode view, String method, String number) {
    JsonNode calls = find(view.get("calls"), "method", method);
    return calls == null ? 0 : calls.get(number).longValue();
  }

  private static JsonNode find(JsonNode list, String field, String value) {
    return StreamSupport.stream(list.spliterator(), false)
        .filter(entry -> entry.get(field).textValue().equals(value))
        .findFirst()
        .orElse(null);
  }
}
