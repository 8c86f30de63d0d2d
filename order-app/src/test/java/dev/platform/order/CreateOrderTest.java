package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_CANCELLED;
import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_PAID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.order.FakeMall.Paying;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateOrderTest extends MallTest {

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
  void namesTheErrorAndItsField(String userId, String productId, int quantity, String message) {
    assertInvalid(order(special(productId), quantity).setUserId(special(userId)), message);
  }

  @Test
  void refusesAnEmptyOrder() {
    assertInvalid(CreateOrderRequest.newBuilder().setUserId(user), "items cannot be empty");
  }

  @Test
  void namesTheInvalidItemAmongSeveral() {
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
  void refusesATotalThatOverflows() {
    MALL.sells("p-palace", Long.MAX_VALUE / 2, 10);

    assertInvalid(order("p-palace", 3), "items cost more than can be counted");
  }

  @Test
  void refusesAnInvalidIdempotencyKey() {
    assertInvalid(
        order("p-mug", 1).setIdempotencyKey("k".repeat(129)),
        "idempotency_key must be at most 128 characters: 129");
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
  void forwardsInsufficientStockAndRecordsNothing() {
    MALL.sells("p-rare", 100, 1);

    Status status = refusalOf(order("p-rare", 2));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).isEqualTo("insufficient stock");
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void theErrorDetailsContainTheShortProductsAndTheirStock() throws Exception {
    MALL.sells("p-scarce", 100, 1);

    List<Any> details = detailsOf(order("p-scarce", 2));

    assertThat(details.get(0).unpack(ErrorInfo.class).getReason()).isEqualTo("INSUFFICIENT_STOCK");
    assertThat(details.get(1).unpack(PreconditionFailure.class).getViolationsList())
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.getSubject()).isEqualTo("p-scarce");
              assertThat(violation.getDescription()).isEqualTo("available: 1");
            });
  }

  @Test
  void theErrorDetailsContainTheCancelledOrUnsettledOrder() throws Exception {
    MALL.paying.put(user, Paying.DECLINES);
    String cancelled = orderIdOf(detailsOf(order("p-mug", 1)));
    assertThat(onlyOrder()).isEqualTo(cancelled);

    MALL.paying.put(user, Paying.LOSES_REQUEST);
    String unsettled = orderIdOf(detailsOf(order("p-mug", 1)));
    assertThat(ordersOfUser()).contains(unsettled);
  }

  private List<Any> detailsOf(CreateOrderRequest.Builder request) {
    return StatusProto.fromThrowable(
            catchThrowableOfType(StatusRuntimeException.class, () -> place(request)))
        .getDetailsList();
  }

  private static String orderIdOf(List<Any> details) throws Exception {
    return details.get(0).unpack(ErrorInfo.class).getMetadataOrThrow("order_id");
  }

  @Test
  void releasesAPossibleReservation() {
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
}
