package dev.platform.benchmarks;

import dev.platform.contracts.inventory.v1.CheckStockResponse;
import dev.platform.contracts.inventory.v1.StockLevel;
import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.Product;

/** The messages of {@link MallValues}, as the applications build them. */
final class MallMessages {

  private MallMessages() {}

  static CreateOrderRequest orderRequest() {
    CreateOrderRequest.Builder request =
        CreateOrderRequest.newBuilder()
            .setUserId(MallValues.USER)
            .setIdempotencyKey(MallValues.KEY);
    for (int i = 0; i < 3; i++) {
      request.addItems(
          OrderItem.newBuilder()
              .setProductId(MallValues.PRODUCTS.get(i))
              .setQuantity(MallValues.QUANTITIES[i]));
    }
    return request.build();
  }

  static CreateOrderResponse orderResponse() {
    return CreateOrderResponse.newBuilder()
        .setOrderId(MallValues.ORDER)
        .setStatus(OrderStatus.ORDER_STATUS_PAID)
        .setTotal(money(MallValues.TOTAL))
        .addAllRecommendedProductIds(MallValues.PRODUCTS)
        .build();
  }

  static OrderEvent orderEvent() {
    return OrderEvent.newBuilder()
        .setOrderId(MallValues.ORDER)
        .setStatus(OrderStatus.ORDER_STATUS_PAID)
        .setMessage(MallValues.EVENT)
        .setTimestamp(MallValues.TIMESTAMP)
        .setSequence(2)
        .build();
  }

  static GetProductResponse product() {
    return GetProductResponse.newBuilder()
        .setProduct(
            Product.newBuilder()
                .setProductId(MallValues.PRODUCTS.get(0))
                .setName(MallValues.NAME)
                .setDescription(MallValues.DESCRIPTION)
                .setPrice(money(MallValues.PRICE)))
        .build();
  }

  static CheckStockResponse stock(int levels) {
    CheckStockResponse.Builder response = CheckStockResponse.newBuilder();
    for (int i = 0; i < levels; i++) {
      response.addLevels(
          StockLevel.newBuilder()
              .setProductId(MallValues.STOCKED.get(i))
              .setAvailable(MallValues.available(i))
              .setReserved(MallValues.reserved(i))
              .setSold(MallValues.sold(i)));
    }
    return response.build();
  }

  private static Money money(long minorUnits) {
    return Money.newBuilder().setMinorUnits(minorUnits).setCurrency(MallValues.CURRENCY).build();
  }
}
