package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_PAID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.order.FakeMall.Paying;
import dev.platform.order.domain.Move;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderStatus;
import dev.platform.order.domain.Orders;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class IdempotencyTest extends MallTest {

  @Autowired private Orders orderRecord;

  @Test
  void answersARepeatedRequestLikeTheFirst() {
    CreateOrderRequest.Builder request = order("p-mug", 1).setIdempotencyKey("key");

    CreateOrderResponse first = place(request);
    MALL.withoutRecommendations.add(user);

    assertThat(place(request)).isEqualTo(first);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void repeatsADeclineToo() {
    MALL.paying.put(user, Paying.DECLINES);
    CreateOrderRequest.Builder request = order("p-mug", 1).setIdempotencyKey("key");

    Status first = refusalOf(request);
    MALL.paying.put(user, Paying.CHARGES);
    Status second = refusalOf(request);

    assertThat(second.getCode()).isEqualTo(first.getCode());
    assertThat(second.getDescription()).isEqualTo(first.getDescription());
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void refusesADifferentRequestUnderTheSameKey() {
    place(order("p-mug", 1).setIdempotencyKey("key"));

    Status status = refusalOf(order("p-mug", 2).setIdempotencyKey("key"));

    assertThat(status.getCode()).isEqualTo(Code.ALREADY_EXISTS);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void aKeyIsReusableIfNothingWasRecorded() {
    MALL.sells("p-awaited", 100, 0);
    CreateOrderRequest.Builder request = order("p-awaited", 1).setIdempotencyKey("key");
    assertThat(refusalOf(request).getCode()).isEqualTo(Code.FAILED_PRECONDITION);

    MALL.sells("p-awaited", 100, 1);

    assertThat(place(request).getStatus()).isEqualTo(ORDER_STATUS_PAID);
  }

  @Test
  void aKeyIsReusableOnceItsOrderIsUndone() {
    MALL.paying.put(user, Paying.LOSES_REQUEST);
    CreateOrderRequest.Builder request = order("p-mug", 1).setIdempotencyKey("key");
    refusalOf(request);
    Order undone = orderRecord.find(onlyOrder()).orElseThrow();
    orderRecord.move(
        new Move(
            undone,
            OrderStatus.CANCELLED,
            "Cancelled",
            "payment-service is not available",
            Instant.now(),
            Optional.empty(),
            true));

    MALL.paying.put(user, Paying.CHARGES);

    assertThat(place(request).getStatus()).isEqualTo(ORDER_STATUS_PAID);
    assertThat(ordersOfUser()).hasSize(2);
  }

  @Test
  void createsOneOrderForConcurrentDuplicates() throws Exception {
    CreateOrderRequest request = order("p-mug", 1).setIdempotencyKey("key").build();
    ExecutorService callers = Executors.newFixedThreadPool(8);
    Set<String> orderIds = new HashSet<>();
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(callers.submit(() -> orders.createOrder(request).getOrderId()));
      }
      for (Future<String> answer : answers) {
        try {
          orderIds.add(answer.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
          assertThat(Status.fromThrowable(e).getCode()).isIn(Code.ABORTED, Code.UNAVAILABLE);
        }
      }
    } finally {
      callers.shutdownNow();
    }
    assertThat(orderIds).hasSize(1);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void takesOverTheClaimOfAKilledProcess() {
    CreateOrderRequest.Builder request = order("p-mug", 1).setIdempotencyKey("key");
    String first = place(request).getOrderId();
    // The state after a process was killed between its claim and its record.
    jdbc.sql(
            "update order_requests set order_id = 'never-recorded', recorded = false,"
                + " claimed_at = now() where order_id = ?")
        .param(first)
        .update();

    assertThat(refusalOf(request).getCode()).isEqualTo(Code.ABORTED);

    jdbc.sql(
            "update order_requests set claimed_at = now() - interval '3s'"
                + " where order_id = 'never-recorded'")
        .update();
    assertThat(place(request).getStatus()).isEqualTo(ORDER_STATUS_PAID);
  }
}
