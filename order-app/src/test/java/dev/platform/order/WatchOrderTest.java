package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CANCELLED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_COMPLETED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CREATED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_PAID;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_SHIPPED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import dev.platform.order.FakeMall.Paying;
import dev.platform.order.api.OpenStreams;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

class WatchOrderTest extends MallTest {

  @Autowired private ApplicationContext context;

  @Test
  void streamsAllEventsLiveAndThenEnds() {
    String orderId = place(order("p-mug", 1)).getOrderId();

    List<OrderEvent> events = watch(orderId, 0);

    assertThat(events)
        .extracting(OrderEvent::getStatus)
        .containsExactly(
            ORDER_STATUS_CREATED, ORDER_STATUS_PAID, ORDER_STATUS_SHIPPED, ORDER_STATUS_COMPLETED);
    assertThat(events).extracting(OrderEvent::getSequence).containsExactly(1L, 2L, 3L, 4L);
    assertThat(events).extracting(OrderEvent::getOrderId).containsOnly(orderId);
    assertThat(events).extracting(OrderEvent::getMessage).doesNotContain("");
    assertThat(events).extracting(OrderEvent::getTimestamp).isSorted();
  }

  @Test
  void pausesForTheFulfilmentStepBetweenStates() {
    String orderId = place(order("p-mug", 1)).getOrderId();
    awaitStatus(orderId, ORDER_STATUS_COMPLETED);

    List<Double> pauses =
        jdbc.sql(
                """
                select extract(epoch from happened_at - lag(happened_at) over (order by sequence))
                from order_events where order_id = ? order by sequence offset 2
                """)
            .param(orderId)
            .query(Double.class)
            .list();

    assertThat(pauses).hasSize(2).allMatch(seconds -> seconds >= 0.2);
  }

  @Test
  void resumesAfterASequenceAndReplaysAFinishedOrder() {
    String orderId = place(order("p-mug", 1)).getOrderId();
    awaitStatus(orderId, ORDER_STATUS_COMPLETED);

    assertThat(watch(orderId, 2)).extracting(OrderEvent::getSequence).containsExactly(3L, 4L);
    assertThat(watch(orderId, 4)).isEmpty();
    assertThat(watch(orderId, 99)).isEmpty();
  }

  @Test
  void endsAfterACancellation() {
    MALL.paying.put(user, Paying.DECLINES);
    refusalOf(order("p-mug", 1));
    String orderId = onlyOrder();

    List<OrderEvent> events = watch(orderId, 0);

    assertThat(events)
        .extracting(OrderEvent::getStatus)
        .containsExactly(ORDER_STATUS_CREATED, ORDER_STATUS_CANCELLED);
    assertThat(events.get(1).getMessage()).contains(FakeMall.DECLINE_REASON);
  }

  @Test
  void seesEventsOfAnotherInstance() {
    String orderId = pendingOrder();
    Iterator<OrderEvent> events = watching(orderId, 0);
    assertThat(events.next().getStatus()).isEqualTo(ORDER_STATUS_CREATED);

    // Writes directly to the database, as another process would.
    jdbc.sql(
            """
            with moved as (
              update orders set status = 'CANCELLED', due_at = null, last_sequence = 2
              where order_id = ? returning order_id)
            insert into order_events (order_id, sequence, status, message, happened_at)
            select order_id, 2, 'CANCELLED', 'elsewhere', now() from moved
            """)
        .param(orderId)
        .update();

    assertThat(events.next().getMessage()).isEqualTo("elsewhere");
    assertThat(events.hasNext()).isFalse();
  }

  @Test
  void sendsTheSameEventsToASecondWatcher() {
    String orderId = place(order("p-mug", 1)).getOrderId();
    Iterator<OrderEvent> first = watching(orderId, 0);
    Iterator<OrderEvent> second = watching(orderId, 0);

    assertThat(collect(first)).isEqualTo(collect(second)).hasSize(4);
  }

  @Test
  void releasesADisconnectedWatcher() throws Exception {
    String orderId = pendingOrder();
    Context.CancellableContext caller = Context.current().withCancellation();
    Iterator<OrderEvent> events = caller.call(() -> watching(orderId, 0));
    events.next();
    assertThat(OpenStreams.watches(context)).isPositive();

    caller.cancel(null);

    Awaitility.await().atMost(SOON).until(() -> OpenStreams.watches(context) == 0);
  }

  @Test
  void keepsManyWatchersWithoutAThreadForEach() {
    String orderId = pendingOrder();
    ManagedChannel channel = channelTo(PORT);
    List<Iterator<OrderEvent>> watchers = new ArrayList<>();
    try {
      OrderServiceGrpc.OrderServiceBlockingStub stub = OrderServiceGrpc.newBlockingStub(channel);
      for (int i = 0; i < 500; i++) {
        Iterator<OrderEvent> watcher =
            stub.watchOrder(WatchOrderRequest.newBuilder().setOrderId(orderId).build());
        watchers.add(watcher);
        // Sequential, because concurrent starts are not part of this test.
        assertThat(watcher.next().getSequence()).isEqualTo(1);
      }
      assertThat(OpenStreams.watches(context)).isGreaterThanOrEqualTo(watchers.size());
      assertThat(Thread.activeCount()).isLessThan(200);
    } finally {
      channel.shutdownNow();
    }
    Awaitility.await().atMost(SOON).until(() -> OpenStreams.watches(context) == 0);
  }

  @Test
  void explainsInvalidRequests() {
    assertThat(watchFailure("", 0).getDescription()).isEqualTo("order_id is required");
    Status negative = watchFailure("o-1", -1);
    assertThat(negative.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(negative.getDescription()).isEqualTo("after_sequence must be at least 0: -1");
    Status unknown = watchFailure("o-1", 0);
    assertThat(unknown.getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(unknown.getDescription()).isEqualTo("order_id is unknown: o-1");
  }

  /** An order that stays CREATED, since its payment can't be read. */
  private String pendingOrder() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);
    Status refusal = refusalOf(order("p-mug", 1));
    assertThat(ordersOfUser()).as("%s", refusal).hasSize(1);
    return onlyOrder();
  }

  private Status watchFailure(String orderId, long after) {
    return statusOf(() -> watch(orderId, after));
  }

  private List<OrderEvent> watch(String orderId, long after) {
    return collect(watching(orderId, after));
  }

  private Iterator<OrderEvent> watching(String orderId, long after) {
    return orders
        .withDeadlineAfter(SOON.toMillis(), TimeUnit.MILLISECONDS)
        .watchOrder(
            WatchOrderRequest.newBuilder().setOrderId(orderId).setAfterSequence(after).build());
  }

  private static List<OrderEvent> collect(Iterator<OrderEvent> events) {
    List<OrderEvent> all = new ArrayList<>();
    events.forEachRemaining(all::add);
    return all;
  }
}
