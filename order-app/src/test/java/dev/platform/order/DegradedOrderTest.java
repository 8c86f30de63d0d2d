package dev.platform.order;

import static dev.platform.contracts.order.v1.OrderStatus.ORDER_STATUS_PAID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.order.FakeMall.Paying;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An order reports missing optional features and fails without a required service. */
class DegradedOrderTest extends MallTest {

  @Autowired private MeterRegistry meters;

  @Test
  void showsBestSellersWhenRecommendationsDoNotComeInTime() {
    place(order("p-mug", 1000));
    MALL.withoutRecommendations.add(user);
    double before = counted("recommendations");

    CreateOrderResponse answer = place(order("p-mug", 1));

    assertThat(answer.getStatus()).isEqualTo(ORDER_STATUS_PAID);
    assertThat(answer.getRecommendedProductIdsList()).contains("p-mug");
    assertThat(answer.getDegradedFeaturesList()).containsExactly("recommendations");
    assertThat(counted("recommendations")).isEqualTo(before + 1);
  }

  @Test
  void sellsAtTheLastPriceAndReportsItsAgeIfProductServiceIsDown() {
    MALL.sells("p-known", 1200, 10);
    place(order("p-known", 1));
    MALL.productsAway.add("p-known");
    MALL.sells("p-known", 1300, 10);

    CreateOrderResponse answer = place(order("p-known", 2).setIdempotencyKey("stale-" + user));

    assertThat(answer.getStatus()).isEqualTo(ORDER_STATUS_PAID);
    assertThat(answer.getTotal().getMinorUnits()).isEqualTo(2400);
    assertThat(answer.getDegradedFeaturesList()).containsExactly("product-details");
    assertThat(answer.getPriceAgeSeconds()).isBetween(1L, 60L);
    assertThat(place(order("p-known", 2).setIdempotencyKey("stale-" + user))).isEqualTo(answer);
    assertThat(
            orders
                .getOrder(GetOrderRequest.newBuilder().setOrderId(answer.getOrderId()).build())
                .getPriceAgeSeconds())
        .isEqualTo(answer.getPriceAgeSeconds());
  }

  @Test
  void sellsAtTheNewPriceWhenProductServiceIsBack() {
    MALL.sells("p-back", 1200, 10);
    place(order("p-back", 1));
    MALL.productsAway.add("p-back");
    place(order("p-back", 1));
    MALL.sells("p-back", 1300, 10);
    MALL.productsAway.remove("p-back");

    CreateOrderResponse answer = place(order("p-back", 1));

    assertThat(answer.getTotal().getMinorUnits()).isEqualTo(1300);
    assertThat(answer.getDegradedFeaturesList()).isEmpty();
    assertThat(answer.getPriceAgeSeconds()).isZero();
  }

  @Test
  void doesNotGuessThePriceOfAnUnseenProduct() {
    MALL.sells("p-new", 1200, 10);
    MALL.productsAway.add("p-new");

    Status status = refusalOf(order("p-new", 1));

    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE);
    assertThat(status.getDescription()).isEqualTo("product-service is not available");
    assertThat(ordersOfUser()).isEmpty();
  }

  @Test
  void doesNotSellProductsRemovedFromProductService() {
    MALL.sells("p-gone", 1200, 10);
    place(order("p-gone", 1));
    MALL.prices.remove("p-gone");
    assertThat(refusalOf(order("p-gone", 1)).getCode()).isEqualTo(Code.INVALID_ARGUMENT);

    MALL.productsAway.add("p-gone");

    assertThat(refusalOf(order("p-gone", 1)).getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void failsLoudlyWithoutStockOrPayment() {
    MALL.sells("p-stockless", 100, 10);
    MALL.lostReserveAnswers.add("p-stockless");
    assertThat(refusalOf(order("p-stockless", 1)).getCode()).isEqualTo(Code.UNAVAILABLE);

    MALL.paying.put(user, Paying.LOSES_REQUEST);
    assertThat(refusalOf(order("p-mug", 1)).getCode()).isEqualTo(Code.UNAVAILABLE);
  }

  private double counted(String feature) {
    return meters.counter("mall.degraded.answers", "answer", "order", "feature", feature).count();
  }
}
