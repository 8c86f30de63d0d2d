package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import dev.platform.dev.tracing.SpanTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The spans of an order that the three jars export to a collector, with all traces recorded. {@code
 * -Dmall.trace.orders} sets the number of orders.
 */
class TraceIT {

  private static final int ORDERS = Integer.getInteger("mall.trace.orders", 200);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static SpanReceiver receiver;
  private static Mall mall;

  @BeforeAll
  static void open() throws Exception {
    receiver = SpanReceiver.start();
    mall = Mall.withEtcd("trace");
    for (App app : App.values()) {
      mall.configure(app, Line.BOOT3.tracedTo(receiver.endpoint()));
    }
    mall.startAll();
    new DatabaseAudit(mall).stock(List.of(TracedOrder.PRODUCT), 2 * ORDERS + 100);
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
    long startedAt = System.nanoTime();
    for (int i = 0; i < ORDERS; i++) {
      traces.add(TracedOrder.place(mall.only(App.ORDER)));
    }

    double seconds = (System.nanoTime() - startedAt) / 1e9;

    for (String trace : traces) {
      await(trace)
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .untilAsserted(
              () -> {
                SpanTree tree = new SpanTree(receiver.trace(trace));
                assertThat(tree.paths()).containsAll(TracedOrder.WATERFALL);
                assertThat(tree.roots()).hasSize(1);
                assertThat(tree.orphans()).isEmpty();
                assertThat(tree.spans()).allMatch(span -> span.endedAt() >= span.startedAt());
              });
    }
    // Includes deliveries and other work; spans of running work arrive later.
    await("no orphan in any trace")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(orphans()).isEmpty());
    SpanTree first = new SpanTree(receiver.trace(traces.get(0)));
    Report.line(
        "%d orders in %.0f s, each one tree without an orphan; %d spans in %d traces; the first:%n%s",
        ORDERS, seconds, receiver.spans().size(), receiver.traces().size(), first);
    assertThat(servicesOf(first, "inventory.v1.InventoryService/Reserve"))
        .containsExactlyInAnyOrder("order-app", "inventory-app");
    assertThat(servicesOf(first, "payment.v1.PaymentService/CreatePayment"))
        .containsExactlyInAnyOrder("order-app", "payment-app");
  }

  @Test
  void aNotificationHasItsOwnTraceLinkedToThatOfItsOrder() throws Exception {
    String created = TracedOrder.place(mall.only(App.ORDER));

    List<ReceivedSpan> deliveries =
        await("deliveries linked to " + created)
            .atMost(LIMIT)
            .until(() -> deliveriesOf(created), found -> !found.isEmpty());
    SpanTree delivery = new SpanTree(receiver.trace(deliveries.get(0).traceId()));
    assertThat(delivery.paths())
        .contains(
            "deliver_notification INTERNAL"
                + TracedOrder.both("notification.v1.NotificationService/Notify"));
    assertThat(delivery.orphans()).isEmpty();
  }

  private static List<ReceivedSpan> orphans() {
    return receiver.traces().stream()
        .flatMap(trace -> new SpanTree(trace).orphans().stream())
        .toList();
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
}
