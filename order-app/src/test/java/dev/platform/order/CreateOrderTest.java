package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CANCELLED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CREATED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_PAID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.order.FakeMall.Paying;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class CreateOrderTest extends MallTest {

  @Autowired private JdbcClient jdbc;

  @Test
  void answersAPaidOrderWithItsTotalAndRecommendations() {
    CreateOrderResponse answer =
        place(
            order("p-mug", 2)
                .addItems(OrderItem.newBuilder().setProductId("p-pen").setQuantity(3)));

    assertThat(answer.getStatus()).isEqualTo(ORDER_STATUS_PAID);
    assertThat(answer.getTotal())
        .isEqualTo(Money.newBuilder().setMinorUnits(4748).setCurrency("EUR").build());
    assertThat(answer.getRecommendedProductIdsList()).containsExactly("p-mug", "p-pen");
    assertThat(answer.getDegradedFeaturesList()).isEmpty();
    assertThat(MALL.reservations).containsEntry(answer.getOrderId(), "CONFIRMED");
    assertThat(MALL.payments.get(answer.getOrderId()).getAmount()).isEqualTo(answer.getTotal());
  }

  @Test
  void readsAnOrderBack() {
    String orderId = place(order("p-mug", 2)).getOrderId();

    GetOrderResponse order =
        orders.getOrder(GetOrderRequest.newBuilder().setOrderId(orderId).build());

    assertThat(order.getUserId()).isEqualTo(user);
    assertThat(order.getItemsList()).containsExactlyElementsOf(order("p-mug", 2).getItemsList());
    assertThat(order.getTotal().getMinorUnits()).isEqualTo(3998);
    assertThat(order.getCreatedAt()).isPositive();
    assertThat(order.getLastSequence()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void namesAnUnknownOrder() {
    Status status =
        statusOf(() -> orders.getOrder(GetOrderRequest.newBuilder().setOrderId("o-9").build()));

    assertThat(status.getCode()).isEqualTo(Code.NOT_FOUND);
    assertThat(status.getDescription()).isEqualTo("order_id is unknown: o-9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "'' | p-mug | 1 | user_id is required",
        "'  ' | p-mug | 1 | user_id is required",
        "u | '' | 1 | items[0].product_id is required",
        "u | p-mug | 0 | items[0].quantity must be at least 1: 0",
        "u | p-mug | -7 | items[0].quantity must be at least 1: -7",
        "u | p-9 | 1 | items[0].product_id is unknown: p-9",
        "LONG | p-mug | 1 | user_id must be at most 128 characters: 129",
        "u | LONG | 1 | items[0].product_id must be at most 128 characters: 129",
        "CONTROL | p-mug | 1 | user_id must not contain control characters",
        "u | CONTROL | 1 | items[0].product_id must not contain control characters"
      })
  void saysWhatIsWrongAndWhere(String userId, String productId, int quantity, String message) {
    assertInvalid(order(special(productId), quantity).setUserId(special(userId)), message);
  }

  @Test
  void refusesAnOrderOfNothing() {
    assertInvalid(CreateOrderRequest.newBuilder().setUserId(user), "items cannot be empty");
  }

  @Test
  void namesTheItemThatIsWrongAmongSeveral() {
    OrderItem.Builder unknown = OrderItem.newBuilder().setProductId("p-9").setQuantity(1);
    OrderItem.Builder again = OrderItem.newBuilder().setProductId("p-mug").setQuantity(1);

    assertInvalid(order("p-mug", 1).addItems(unknown), "items[1].product_id is unknown: p-9");
    assertInvalid(
        order("p-mug", 1).addItems(again), "items[1].product_id is the same as in items[0]: p-mug");
  }

  @Test
  void refusesMoreThanAHundredItems() {
    CreateOrderRequest.Builder request = CreateOrderRequest.newBuilder().setUserId(user);
    for (int i = 0; i < 101; i++) {
      request.addItems(OrderItem.newBuilder().setProductId("p-" + i).setQuantity(1));
    }

    assertInvalid(request, "items must be at most 100: 101");
  }

  @Test
  void refusesATotalThatDoesNotFit() {
    MALL.sells("p-palace", Long.MAX_VALUE / 2, 10);

    assertInvalid(order("p-palace", 3), "items cost more than can be counted");
  }

  @Test
  void refusesABadIdempotencyKey() {
    assertInvalid(
        order("p-mug", 1).setIdempotencyKey("k".repeat(129)),
        "idempotency_key must be at most 128 characters: 129");
  }

  @Test
  void succeedsWithoutRecommendationsWhenTheyDoNotComeInTime() {
    MALL.withoutRecommendations.add(user);

    CreateOrderResponse answer = place(order("p-mug", 1));

    assertThat(answer.getStatus()).isEqualTo(ORDER_STATUS_PAID);
    assertThat(answer.getRecommendedProductIdsList()).isEmpty();
    assertThat(answer.getDegradedFeaturesList()).containsExactly("recommendations");
  }

  @Test
  void cancelsAndReleasesWhenThePaymentIsDeclined() {
    MALL.paying.put(user, Paying.DECLINES);

    Status status = refusalOf(order("p-mug", 1));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).isEqualTo(FakeMall.DECLINE_REASON);
    String orderId = onlyOrder();
    assertThat(statusOf(orderId)).isEqualTo(ORDER_STATUS_CANCELLED);
    assertThat(MALL.reservations).containsEntry(orderId, "RELEASED");
  }

  @Test
  void passesInsufficientStockOnAndRecordsNothing() {
    MALL.sells("p-rare", 100, 1);

    Status status = refusalOf(order("p-rare", 2));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).isEqualTo("insufficient stock");
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void givesBackWhatItMayHaveReserved() {
    MALL.sells("p-flaky", 100, 10);
    MALL.lostReserveAnswers.add("p-flaky");
    Set<String> before = new HashSet<>(MALL.reservations.keySet());

    Status status = refusalOf(order("p-flaky", 1));

    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(ordersOfUser()).isEmpty();
    Set<String> added = new HashSet<>(MALL.reservations.keySet());
    added.removeAll(before);
    assertThat(added).singleElement().extracting(MALL.reservations::get).isEqualTo("RELEASED");
  }

  @Test
  void settlesAChargedOrderWhoseAnswerWasLost() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);

    Status status = refusalOf(order("p-mug", 1));

    String orderId = onlyOrder();
    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(status.getDescription()).contains(orderId);
    assertThat(statusOf(orderId)).isEqualTo(ORDER_STATUS_CREATED);

    MALL.paymentRecordsAway.remove(user);
    awaitPaid(orderId);
    assertThat(MALL.reservations).containsEntry(orderId, "CONFIRMED");
  }

  @Test
  void settlesAPendingOrderByAskingAgain() {
    MALL.paying.put(user, Paying.HANGS);
    MALL.paymentRecordsAway.add(user);

    Status status =
        statusOf(
            () ->
                orders
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .createOrder(order("p-mug", 1).build()));

    assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    String orderId = onlyOrder();
    assertThat(statusOf(orderId)).isEqualTo(ORDER_STATUS_CREATED);

    MALL.paying.put(user, Paying.CHARGES);
    MALL.paymentRecordsAway.remove(user);
    awaitPaid(orderId);
  }

  @Test
  void cancelsAnOrderThatWasNeverPaidOnceItIsOldEnough() {
    MALL.paying.put(user, Paying.LOSES_REQUEST);

    assertThat(refusalOf(order("p-mug", 1)).getCode()).isEqualTo(Code.UNAVAILABLE);

    String orderId = onlyOrder();
    assertThat(statusOf(orderId)).isEqualTo(ORDER_STATUS_CREATED);
    awaitStatus(orderId, ORDER_STATUS_CANCELLED);
    assertThat(MALL.reservations).containsEntry(orderId, "RELEASED");
    assertThat(
            jdbc.sql(
                    "select extract(epoch from e.happened_at - o.created_at)"
                        + " from orders o join order_events e using (order_id)"
                        + " where order_id = ? and e.status = 'CANCELLED'")
                .param(orderId)
                .query(Double.class)
                .single())
        .isGreaterThanOrEqualTo(1.5);
  }

  @Test
  void returnsTheMoneyWhenTheReservationIsGone() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);
    refusalOf(order("p-mug", 1));
    String orderId = onlyOrder();

    MALL.reservations.put(orderId, "RELEASED");
    MALL.paymentRecordsAway.remove(user);

    awaitStatus(orderId, ORDER_STATUS_CANCELLED);
    assertThat(MALL.payments.get(orderId).getStatus())
        .isEqualTo(PaymentStatus.PAYMENT_STATUS_REFUNDED);
  }

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
  void refusesAnotherRequestUnderTheSameKey() {
    place(order("p-mug", 1).setIdempotencyKey("key"));

    Status status = refusalOf(order("p-mug", 2).setIdempotencyKey("key"));

    assertThat(status.getCode()).isEqualTo(Code.ALREADY_EXISTS);
    assertThat(ordersOfUser()).hasSize(1);
  }

  @Test
  void letsAKeyBeUsedAgainWhenNothingWasRecorded() {
    MALL.sells("p-awaited", 100, 0);
    CreateOrderRequest.Builder request = order("p-awaited", 1).setIdempotencyKey("key");
    assertThat(refusalOf(request).getCode()).isEqualTo(Code.FAILED_PRECONDITION);

    MALL.sells("p-awaited", 100, 1);

    assertThat(place(request).getStatus()).isEqualTo(ORDER_STATUS_PAID);
  }

  @Test
  void makesOneOrderOfManyEqualRequestsAtOnce() throws Exception {
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
    // What a process leaves behind that is killed between its claim and its record.
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

  private void awaitPaid(String orderId) {
    // Fulfilment may already have taken it further.
    Awaitility.await()
        .atMost(SOON)
        .until(
            () ->
                jdbc.sql("select count(*) from order_events where order_id = ? and status = 'PAID'")
                        .param(orderId)
                        .query(Integer.class)
                        .single()
                    == 1);
  }

  private void assertInvalid(CreateOrderRequest.Builder request, String message) {
    Status status = refusalOf(request);
    assertThat(status.getDescription()).isEqualTo(message);
    assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
  }

  private static String special(String text) {
    return switch (text) {
      case "LONG" -> "x".repeat(129);
      case "CONTROL" -> "a\nb";
      default -> text;
    };
  }

  private String onlyOrder() {
    assertThat(ordersOfUser()).hasSize(1);
    return ordersOfUser().get(0);
  }

  private List<String> ordersOfUser() {
    return jdbc.sql("select order_id from orders where user_id = ?")
        .param(user)
        .query(String.class)
        .list();
  }
}
