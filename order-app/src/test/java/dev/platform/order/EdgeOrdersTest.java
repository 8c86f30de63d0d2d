package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.order.FakeMall.Paying;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeOrdersTest extends EdgeTest {

  @Test
  void placesAnOrderAndReadsItBack() {
    HttpResponse<String> placed = send(post(orderJson("p-mug", 2)));

    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    assertThat(placed.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode answer = json(placed);
    String orderId = answer.get("orderId").textValue();
    assertThat(answer.get("status").textValue()).isEqualTo("ORDER_STATUS_PAID");
    assertThat(answer.get("total"))
        .isEqualTo(json("{\"minorUnits\": \"3998\", \"currency\": \"EUR\"}"));
    assertThat(answer.get("recommendedProductIds")).isEqualTo(json("[\"p-mug\", \"p-pen\"]"));
    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[]"));

    String location = placed.headers().firstValue("Location").orElseThrow();
    assertThat(location).endsWith("/api/orders/" + orderId);
    JsonNode order = json(send(to("/api/orders/" + orderId)));
    assertThat(order.get("userId").textValue()).isEqualTo(user);
    assertThat(order.get("items")).isEqualTo(json("[{\"productId\": \"p-mug\", \"quantity\": 2}]"));
  }

  @Test
  void acceptsTheFieldNamesOfTheProtoFileToo() {
    String body =
        """
        {"user_id": "%s", "items": [{"product_id": "p-mug", "quantity": "1"}]}"""
            .formatted(user);

    assertThat(send(post(body)).statusCode()).isEqualTo(201);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void listsTheDegradedFeatures() {
    MALL.withoutRecommendations.add(user);

    JsonNode answer = json(send(post(orderJson("p-mug", 1))));

    assertThat(answer.get("degradedFeatures")).isEqualTo(json("[\"recommendations\"]"));
  }

  @Test
  void givesTheSameAnswerUnderTheSameIdempotencyKey() {
    String key = UUID.randomUUID().toString();

    HttpResponse<String> first = send(post(orderJson("p-mug", 1)).header("Idempotency-Key", key));
    HttpResponse<String> again =
        send(post(orderJson("p-mug", 1)).header("Idempotency-Key", '"' + key + '"'));
    HttpResponse<String> other = send(post(orderJson("p-mug", 2)).header("Idempotency-Key", key));

    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(json(again)).isEqualTo(json(first));
    JsonNode problem = problem(other, 409);
    assertThat(problem.get("code").textValue()).isEqualTo("ALREADY_EXISTS");
    assertThat(problem.get("detail").textValue())
        .isEqualTo("idempotency_key was used for another request: " + key);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\"\"", "\" \""})
  void refusesAnEmptyIdempotencyKey(String key) {
    HttpResponse<String> answer = send(post(orderJson("p-mug", 1)).header("Idempotency-Key", key));

    assertThat(problem(answer, 400).get("detail").toString())
        .isEqualTo(
            "\"the header Idempotency-Key must not be empty"
                + " (expected: a key, or no such header)\"");
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void refusesTwoIdempotencyKeysForOneRequest() {
    String body =
        """
        {"userId": "%s", "items": [{"productId": "p-mug", "quantity": 1}], "idempotencyKey": "a"}"""
            .formatted(user);

    assertThat(problem(send(post(body).header("Idempotency-Key", "b")), 400).get("detail"))
        .hasToString(
            "\"idempotencyKey must be the same as in the header Idempotency-Key, or left out: a\"");
    assertThat(ordersOfUser()).isEmpty();
    assertThat(send(post(body).header("Idempotency-Key", "a")).statusCode()).isEqualTo(201);
  }

  @Test
  void distinguishesUnfulfillableOrdersFromInvalidOnes() {
    MALL.sells("p-last", 100, 1);

    JsonNode problem = problem(send(post(orderJson("p-last", 2))), 422);

    assertThat(problem.get("title").textValue()).isEqualTo("Unprocessable Entity");
    assertThat(problem.get("detail").textValue()).isEqualTo("insufficient stock");
    assertThat(problem.get("code").textValue()).isEqualTo("FAILED_PRECONDITION");
    assertThat(problem.get("instance").textValue()).isEqualTo("/api/orders");
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void forwardsTheBanksReason() {
    MALL.paying.put(user, Paying.DECLINES);

    assertThat(problem(send(post(orderJson("p-mug", 1))), 422).get("detail").textValue())
        .isEqualTo(FakeMall.DECLINE_REASON);
  }

  @Test
  void reportsThatTheOutcomeIsUnknown() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);

    JsonNode problem = problem(send(post(orderJson("p-mug", 1))), 503);

    assertThat(problem.get("code").textValue()).isEqualTo("UNAVAILABLE");
    assertThat(problem.get("detail").textValue()).contains(onlyOrder(), "not known yet");
  }

  @Test
  void respectsTheDeadlineOfTheRequest() {
    MALL.paying.put(user, Paying.HANGS);

    JsonNode problem = problem(send(post(orderJson("p-mug", 1)).header("Grpc-Timeout", "2S")), 504);

    assertThat(problem.get("code").textValue()).isEqualTo("DEADLINE_EXCEEDED");
    assertThat(statusOf(onlyOrder())).isEqualTo(OrderStatus.ORDER_STATUS_CREATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "S", "1.5S", "-1S", "123456789S", "5s", "five"})
  void refusesAnInvalidDeadline(String timeout) {
    JsonNode problem =
        problem(send(post(orderJson("p-mug", 1)).header("Grpc-Timeout", timeout)), 400);

    assertThat(problem.get("detail").textValue())
        .startsWith("Grpc-Timeout must be up to eight digits and a unit")
        .endsWith(": " + timeout);
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void namesAnUnknownOrder() {
    JsonNode problem = problem(send(to("/api/orders/o-9")), 404);

    assertThat(problem.get("detail").textValue()).isEqualTo("order_id is unknown: o-9");
    assertThat(problem.get("code").textValue()).isEqualTo("NOT_FOUND");
  }

  @Test
  void refusesAnOrderIdWithControlCharacters() {
    assertThat(problem(send(to("/api/orders/o%01")), 400).get("detail").textValue())
        .isEqualTo("order_id must not contain control characters");
  }
}
