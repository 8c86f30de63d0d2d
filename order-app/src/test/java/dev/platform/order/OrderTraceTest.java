package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.order.FakeMall.Paying;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The trace of an order. */
class OrderTraceTest extends TracedMallTest {

  private static final String REQUEST = "POST /api/orders SERVER";
  private static final String CALL = REQUEST + " > order.v1.OrderService/CreateOrder SERVER";
  private static final String STOCK = CALL + " > check_inventory INTERNAL";
  private static final String RECORD = CALL + " > insert_order_to_db INTERNAL";

  @Autowired private MeterRegistry meters;

  @Test
  void anOrderIsOneTreeFromTheRequestToThePayment() {
    HttpResponse<String> placed = send(post(orderJson("p-mug", 1)));

    assertThat(placed.statusCode()).isEqualTo(201);
    awaitTrace(
        traceOf(placed),
        trace -> {
          assertThat(trace.paths())
              .containsExactly(
                  REQUEST,
                  CALL,
                  STOCK,
                  STOCK + " > inventory.v1.InventoryService/Reserve CLIENT",
                  RECORD,
                  CALL + " > inventory.v1.InventoryService/Confirm CLIENT",
                  CALL + " > payment.v1.PaymentService/CreatePayment CLIENT",
                  CALL + " > product.v1.ProductService/GetProduct CLIENT",
                  CALL + " > recommendation.v1.RecommendationService/GetRecommendations CLIENT");
          assertThat(trace.orphans()).isEmpty();
          assertThat(trace.roots()).hasSize(1);
        });
  }

  @Test
  void spansHaveAHashOfTheUserAndTheQuantityAndMetersDoNot() {
    HttpResponse<String> placed = send(post(orderJson("p-mug", 3)));

    awaitTrace(
        traceOf(placed),
        trace ->
            assertThat(trace.named("insert_order_to_db"))
                .singleElement()
                .extracting(ReceivedSpan::attributes)
                .satisfies(
                    attributes ->
                        assertThat(attributes)
                            .hasEntrySatisfying(
                                "order.user_id", hash -> assertThat(hash).matches("[0-9a-f]{16}"))
                            .containsEntry("order.item_count", "1")));
    assertThat(meters.get("mall.order.step").meters())
        .isNotEmpty()
        .allSatisfy(
            meter ->
                assertThat(meter.getId().getTags())
                    .noneMatch(tag -> tag.getValue().equals(user))
                    .noneMatch(tag -> tag.getKey().startsWith("order.")));
  }

  @Test
  void anErrorIsRecordedWhereItHappened() {
    MALL.sells("p-rare", 100, 0);
    HttpResponse<String> refused = send(post(orderJson("p-rare", 1)));

    assertThat(refused.statusCode()).isEqualTo(422);
    awaitTrace(
        traceOf(refused),
        trace -> {
          assertThat(trace.named("check_inventory"))
              .singleElement()
              .satisfies(
                  span -> {
                    assertThat(span.failed()).isTrue();
                    assertThat(span.events())
                        .extracting(ReceivedSpan.Event::name)
                        .contains("exception");
                  });
          assertThat(trace.named("insert_order_to_db")).isEmpty();
          assertThat(trace.named("order.v1.OrderService/CreateOrder"))
              .singleElement()
              .matches(span -> !span.failed(), "a refusal is no failure of the server");
        });
  }

  @Test
  void aDegradedAnswerIsAnEventOfItsSpan() {
    MALL.withoutRecommendations.add(user);

    HttpResponse<String> placed = send(post(orderJson("p-mug", 1)));

    awaitTrace(
        traceOf(placed),
        trace ->
            assertThat(trace.named("order.v1.OrderService/CreateOrder"))
                .singleElement()
                .satisfies(
                    span ->
                        assertThat(span.events())
                            .containsExactly(
                                new ReceivedSpan.Event(
                                    "platform.degraded",
                                    Map.of(
                                        "platform.answer",
                                        "order",
                                        "platform.feature",
                                        "recommendations")))));
  }

  @Test
  void aNotificationsDeliveryIsLinkedToItsOrder() {
    HttpResponse<String> placed = send(post(orderJson("p-mug", 1)));

    assertLinked("deliver_notification", traceOf(placed));
  }

  @Test
  void recoveryIsLinkedToTheOrderItSettles() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);
    HttpResponse<String> unsettled = send(post(orderJson("p-mug", 1)));
    assertThat(unsettled.statusCode()).isEqualTo(503);

    MALL.paymentRecordsAway.remove(user);

    assertLinked("recover_order", traceOf(unsettled));
  }

  private void assertLinked(String name, String created) {
    ReceivedSpan later = awaitLinked(name, created).get(0);
    assertThat(later.traceId()).isNotEqualTo(created);
    assertThat(later.parentId()).isEmpty();
    assertThat(later.attributes()).containsEntry("order.id", onlyOrder());
    awaitTrace(
        created,
        trace ->
            assertThat(trace.named("insert_order_to_db"))
                .singleElement()
                .extracting(ReceivedSpan::spanId)
                .isEqualTo(later.links().get(0).spanId()));
  }
}
