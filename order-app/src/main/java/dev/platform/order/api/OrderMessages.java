package dev.platform.order.api;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.order.domain.Money;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderException;
import dev.platform.order.domain.OrderLine;
import dev.platform.order.domain.OrderRequest;
import dev.platform.order.domain.PlacedOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Maps orders between the wire and the domain; validates incoming ones. */
final class OrderMessages {

  /** The degraded feature of an order whose prices are from an earlier answer. */
  static final String PRODUCT_DETAILS = "product-details";

  private static final int MAX_ITEMS = 100;

  private OrderMessages() {}

  static OrderRequest toDomain(CreateOrderRequest request, String userId) {
    Fields.required("user_id", userId);
    if (request.getItemsCount() == 0) {
      throw OrderException.invalid("items cannot be empty");
    }
    if (request.getItemsCount() > MAX_ITEMS) {
      throw OrderException.invalid(
          "items must be at most " + MAX_ITEMS + ": " + request.getItemsCount());
    }
    return new OrderRequest(
        userId,
        items(request.getItemsList()),
        Fields.unlessBlank("idempotency_key", request.getIdempotencyKey()));
  }

  static CreateOrderResponse toProto(PlacedOrder placed) {
    CreateOrderResponse.Builder response =
        CreateOrderResponse.newBuilder()
            .setOrderId(placed.order().id())
            // A repeated answer equals the first one, whatever the order's status is by then.
            .setStatus(OrderStatus.ORDER_STATUS_PAID)
            .setTotal(toProto(placed.order().total()))
            .addAllRecommendedProductIds(placed.suggestions().recommendedProductIds())
            .addAllDegradedFeatures(placed.suggestions().degradedFeatures())
            .setPriceAgeSeconds(ageInSeconds(placed.order()));
    if (response.getPriceAgeSeconds() > 0) {
      response.addDegradedFeatures(PRODUCT_DETAILS);
    }
    return response.build();
  }

  static GetOrderResponse toProto(Order order) {
    GetOrderResponse.Builder response =
        GetOrderResponse.newBuilder()
            .setOrderId(order.id())
            .setUserId(order.userId())
            .setStatus(toProto(order.status()))
            .setTotal(toProto(order.total()))
            .setCreatedAt(order.createdAt().getEpochSecond())
            .setLastSequence(order.lastSequence())
            .setPriceAgeSeconds(ageInSeconds(order));
    for (OrderLine line : order.lines()) {
      response.addItems(
          OrderItem.newBuilder().setProductId(line.productId()).setQuantity(line.quantity()));
    }
    return response.build();
  }

  static OrderEvent toProto(dev.platform.order.domain.OrderEvent event) {
    return OrderEvent.newBuilder()
        .setOrderId(event.orderId())
        .setStatus(toProto(event.status()))
        .setMessage(event.message())
        .setTimestamp(event.at().getEpochSecond())
        .setSequence(event.sequence())
        .build();
  }

  /** Rounded up: 0 is reserved for current prices. */
  private static long ageInSeconds(Order order) {
    return (order.priceAge().toMillis() + 999) / 1000;
  }

  private static List<dev.platform.order.domain.OrderItem> items(List<OrderItem> items) {
    List<dev.platform.order.domain.OrderItem> valid = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      OrderItem item = items.get(i);
      String productId = Fields.required("items[" + i + "].product_id", item.getProductId());
      Integer earlier = seen.putIfAbsent(productId, i);
      if (earlier != null) {
        throw OrderException.invalid(
            "items[%d].product_id is the same as in items[%d]: %s"
                .formatted(i, earlier, productId));
      }
      if (item.getQuantity() < 1) {
        throw OrderException.invalid(
            "items[" + i + "].quantity must be at least 1: " + item.getQuantity());
      }
      valid.add(new dev.platform.order.domain.OrderItem(productId, item.getQuantity()));
    }
    return valid;
  }

  private static OrderStatus toProto(dev.platform.order.domain.OrderStatus status) {
    return switch (status) {
      case CREATED -> OrderStatus.ORDER_STATUS_CREATED;
      case PAID -> OrderStatus.ORDER_STATUS_PAID;
      case SHIPPED -> OrderStatus.ORDER_STATUS_SHIPPED;
      case COMPLETED -> OrderStatus.ORDER_STATUS_COMPLETED;
      case CANCELLED -> OrderStatus.ORDER_STATUS_CANCELLED;
    };
  }

  private static dev.platform.contracts.money.v1.Money toProto(Money money) {
    return dev.platform.contracts.money.v1.Money.newBuilder()
        .setMinorUnits(money.minorUnits())
        .setCurrency(money.currency())
        .build();
  }
}
