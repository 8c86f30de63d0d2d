package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import dev.platform.dev.tracing.SpanTree;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the three jars send to a collector of an order, when everything is recorded. {@code
 * -Dmall.trace.orders} sets of how many.
 */
class TraceIT {

  private static final int ORDERS = Integer.getInteger("mall.trace.orders", 200);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final String REQUEST = "POST /api/orders SERVER";
  private static final String CALL = REQUEST + " > order.v1.OrderService/CreateOrder SERVER";
  private static final List<String> WATERFALL =
      List.of(
          REQUEST,
          CALL,
          CALL + " > check_inventory INTERNAL",
          CALL + " > check_inventory INTERNAL" + both("inventory.v1.InventoryService/Reserve"),
          CALL + " > insert_order_to_db INTERNAL",
          CALL + both("payment.v1.PaymentService/CreatePayment"),
          CALL
              + both("payment.v1.PaymentService/CreatePayment")
              + both("bank.v1.BankGateway/Charge"));

  private static SpanReceiver receiver;
  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    receiver = SpanReceiver.start();
    mall = Mall.withEtcd("trace");
    for (App app : App.values()) {
      mall.give(
          app,
          Map.of(
              "MANAGEMENT_OTLP_TRACING_ENDPOINT",
              receiver.endpoint(),
              "MANAGEMENT_TRACING_SAMPLING_PROBABILITY",
              "1.0",
              "MANAGEMENT_TRACING_OPENTELEMETRY_EXPORT_SCHEDULEDELAY",
              "200ms"));
    }
    mall.startAll();
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
    }
  }

  @AfterAll
  static void close() {
    mall.close();
    receiver.close();
  }

  @Test
  void everyOrderIsOneTreeFromTheRequestToTheBank() throws Exception {
    List<String> traces = new ArrayList<>();
    for (int i = 0; i < ORDERS; i++) {
      traces.add(order());
    }

    for (String trace : traces) {
      await(trace)
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                SpanTree tree = new SpanTree(receiver.trace(trace));
                assertThat(tree.paths()).containsAll(WATERFALL);
                assertThat(tree.roots()).hasSize(1);
                assertThat(tree.orphans()).isEmpty();
                assertThat(tree.spans()).allMatch(span -> span.endedAt() >= span.startedAt());
              });
    }
    SpanTree first = new SpanTree(receiver.trace(traces.get(0)));
    Report.line("%d orders, each one tree without an orphan; the first:%n%s", ORDERS, first);
    assertThat(servicesOf(first, "inventory.v1.InventoryService/Reserve"))
        .containsExactlyInAnyOrder("order-app", "inventory-app");
    assertThat(servicesOf(first, "payment.v1.PaymentService/CreatePayment"))
        .containsExactlyInAnyOrder("order-app", "payment-app");
  }

  @Test
  void theNotificationOfAnOrderIsATraceOfItsOwnThatIsLinkedToTheOrders() throws Exception {
    String created = order();

    List<ReceivedSpan> deliveries =
        await("deliveries linked to " + created)
            .atMost(LIMIT)
            .until(() -> deliveriesOf(created), found -> !found.isEmpty());
    SpanTree delivery = new SpanTree(receiver.trace(deliveries.get(0).traceId()));
    assertThat(delivery.paths())
        .contains(
            "deliver_notification INTERNAL" + both("notification.v1.NotificationService/Notify"));
    assertThat(delivery.orphans()).isEmpty();
  }

  private static List<ReceivedSpan> deliveriesOf(String created) {
    return receiver.spans().stream()
        .filter(span -> span.name().equals("deliver_notification"))
        .filter(span -> span.links().stream().anyMatch(link -> link.traceId().equals(created)))
        .filter(span -> receiver.trace(span.traceId()).size() >= 3)
        .toList();
  }

  private static List<String> servicesOf(SpanTree tree, String name) {
    return tree.named(name).stream().map(ReceivedSpan::service).toList();
  }

  /** Places one, and tells its trace's id. */
  private static String order() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + mall.only(App.ORDER).httpPort() + "/api/orders");
    HttpResponse<String> placed =
        HTTP.send(
            HttpRequest.newBuilder(uri)
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        """
                        {"userId": "u-trace", "items": [{"productId": "p-4", "quantity": 1}]}"""))
                .build(),
            BodyHandlers.ofString());
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    return placed.headers().firstValue("traceresponse").orElseThrow().substring(3, 35);
  }

  private static String both(String method) {
    return " > " + method + " CLIENT > " + method + " SERVER";
  }
}
