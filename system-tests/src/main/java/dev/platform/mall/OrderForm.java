package dev.platform.mall;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import java.util.List;

/** Builds the request for an order from what the command line says. */
final class OrderForm {

  private static final List<String> DEFAULT_ITEMS = List.of("p-1=1", "p-4=2");

  private OrderForm() {}

  static CreateOrderRequest from(Arguments arguments) {
    CreateOrderRequest.Builder request =
        CreateOrderRequest.newBuilder()
            .setUserId(
                arguments.text("user", arguments.text("token-file", "").isEmpty() ? "demo" : ""));
    arguments.all("item", DEFAULT_ITEMS).forEach(item -> request.addItems(item(item)));
    return request.build();
  }

  private static OrderItem item(String text) {
    String[] parts = text.split("=", 2);
    if (parts.length != 2 || !parts[1].matches("\\d{1,9}")) {
      throw new IllegalArgumentException("--item: " + text + " (expected: product=quantity)");
    }
    return OrderItem.newBuilder()
        .setProductId(parts[0])
        .setQuantity(Integer.parseInt(parts[1]))
        .build();
  }
}
