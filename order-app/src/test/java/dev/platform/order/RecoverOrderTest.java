package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CANCELLED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CREATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.payment.v1.PaymentStatus;
import dev.platform.order.FakeMall.Paying;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RecoverOrderTest extends MallTest {

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
  void settlesAPendingOrderByRetryingThePayment() {
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
  void cancelsAnUnpaidOrderOnceItIsOldEnough() {
    MALL.paying.put(user, Paying.LOSES_REQUEST);

    assertThat(refusalOf(order("p-mug", 1)).getCode()).isEqualTo(Code.UNAVAILABLE);

    String orderId = onlyOrder();
    assertThat(statusOf(orderId)).isEqualTo(ORDER_STATUS_CREATED);
    awaitStatus(orderId, ORDER_STATUS_CANCELLED);
    assertThat(MALL.reservations).containsEntry(orderId, "RELEASED");
    assertThat(MALL.payments.get(orderId).getStatus())
        .isEqualTo(PaymentStatus.PAYMENT_STATUS_VOIDED);
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
  void refundsIfTheReservationIsGone() {
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
  void endsASoldOrderThatWasRefundedManually() {
    MALL.paying.put(user, Paying.LOSES_ANSWER);
    MALL.paymentRecordsAway.add(user);
    refusalOf(order("p-mug", 1));
    String orderId = onlyOrder();

    MALL.reservations.put(orderId, "CONFIRMED");
    MALL.payments.computeIfPresent(
        orderId,
        (id, payment) ->
            payment.toBuilder().setStatus(PaymentStatus.PAYMENT_STATUS_REFUNDED).build());
    MALL.paymentRecordsAway.remove(user);

    awaitStatus(orderId, ORDER_STATUS_CANCELLED);
    assertThat(MALL.reservations).containsEntry(orderId, "CONFIRMED");
  }

  /** A job has no deadline: without a timeout it would wait as long as TCP, or for ever. */
  @Test
  void databaseConnectionsHaveANetworkTimeout() {
    int patience =
        jdbc.sql("select 1")
            .query((row, number) -> row.getStatement().getConnection().getNetworkTimeout())
            .single();

    assertThat(patience).isEqualTo(15_000);
  }

  private void awaitPaid(String orderId) {
    // Fulfilment may already have advanced the order.
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
}
