package dev.platform.benchmarks;

import dev.platform.contracts.order.v1.OrderStatus;
import java.util.ArrayList;
import java.util.List;

/** The same content as {@link MallMessages} in records, named as protobuf names fields in JSON. */
final class MallRecords {

  private MallRecords() {}

  record OrderRequest(String userId, List<Item> items, String idempotencyKey) {}

  record Item(String productId, int quantity) {}

  record OrderResponse(
      String orderId,
      OrderStatus status,
      Money total,
      List<String> recommendedProductIds,
      List<String> degradedFeatures,
      long priceAgeSeconds) {}

  record Money(long minorUnits, String currency) {}

  record Event(String orderId, OrderStatus status, String message, long timestamp, long sequence) {}

  record ProductAnswer(Product product) {}

  record Product(String productId, String name, String description, Money price) {}

  record Stock(List<Level> levels) {}

  record Level(String productId, long available, long reserved, long sold) {}

  static OrderRequest orderRequest() {
    List<Item> items = new ArrayList<>(3);
    for (int i = 0; i < 3; i++) {
      items.add(new Item(MallValues.PRODUCTS.get(i), MallValues.QUANTITIES[i]));
    }
    return new OrderRequest(MallValues.USER, items, MallValues.KEY);
  }

  static OrderResponse orderResponse() {
    return new OrderResponse(
        MallValues.ORDER,
        OrderStatus.ORDER_STATUS_PAID,
        new Money(MallValues.TOTAL, MallValues.CURRENCY),
        MallValues.PRODUCTS,
        List.of(),
        0);
  }

  static Event orderEvent() {
    return new Event(
        MallValues.ORDER, OrderStatus.ORDER_STATUS_PAID, MallValues.EVENT, MallValues.TIMESTAMP, 2);
  }

  static ProductAnswer product() {
    return new ProductAnswer(
        new Product(
            MallValues.PRODUCTS.get(0),
            MallValues.NAME,
            MallValues.DESCRIPTION,
            new Money(MallValues.PRICE, MallValues.CURRENCY)));
  }

  static Stock stock(int levels) {
    List<Level> all = new ArrayList<>(levels);
    for (int i = 0; i < levels; i++) {
      all.add(
          new Level(
              MallValues.STOCKED.get(i),
              MallValues.available(i),
              MallValues.reserved(i),
              MallValues.sold(i)));
    }
    return new Stock(all);
  }
}
