package dev.platform.mall;

import dev.platform.contracts.money.v1.Money;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderEvent;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Places one order and prints its events as they happen. */
final class PlaceOrder {

  private static final int CREATE_SECONDS = 15;
  private static final int WATCH_SECONDS = 90;

  private final OrderServiceBlockingStub orders;
  private final long start = System.nanoTime();

  private PlaceOrder(OrderServiceBlockingStub orders) {
    this.orders = orders;
  }

  static int run(Arguments arguments) throws IOException {
    try (Channels channels = new Channels(arguments)) {
      OrderServiceBlockingStub stub =
          OrderServiceGrpc.newBlockingStub(
                  channels.to(arguments.text("target", "127.0.0.1:50051"), "order-service"))
              .withInterceptors(TraceParent.interceptor(arguments.text("trace-id", "")));
      return new PlaceOrder(stub).run(OrderForm.from(arguments))
              == OrderStatus.ORDER_STATUS_COMPLETED
          ? 0
          : 1;
    }
  }

  private OrderStatus run(CreateOrderRequest request) {
    CreateOrderResponse order =
        orders.withDeadlineAfter(CREATE_SECONDS, TimeUnit.SECONDS).createOrder(request);
    line("order " + order.getOrderId() + " taken: " + text(order.getTotal()));
    if (order.getRecommendedProductIdsCount() > 0) {
      line("recommended: " + String.join(", ", order.getRecommendedProductIdsList()));
    }
    if (order.getDegradedFeaturesCount() > 0) {
      line("without: " + String.join(", ", order.getDegradedFeaturesList()));
    }
    return follow(order.getOrderId());
  }

  private OrderStatus follow(String orderId) {
    Iterator<OrderEvent> events =
        orders
            .withDeadlineAfter(WATCH_SECONDS, TimeUnit.SECONDS)
            .watchOrder(WatchOrderRequest.newBuilder().setOrderId(orderId).build());
    OrderStatus last = OrderStatus.ORDER_STATUS_UNSPECIFIED;
    while (events.hasNext()) {
      OrderEvent event = events.next();
      last = event.getStatus();
      String status = last.name().replace("ORDER_STATUS_", "");
      line(
          String.format(
              Locale.ROOT, "%2d  %-10s %s", event.getSequence(), status, event.getMessage()));
    }
    return last;
  }

  private void line(String text) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "%6.2f s  %s%n", seconds, text);
  }

  private static String text(Money money) {
    String code = money.getCurrency();
    int digits =
        Currency.getAvailableCurrencies().stream()
            .filter(known -> known.getCurrencyCode().equals(code))
            .mapToInt(Currency::getDefaultFractionDigits)
            .findFirst()
            .orElse(0);
    return BigDecimal.valueOf(money.getMinorUnits(), Math.max(0, digits)).toPlainString()
        + " "
        + code;
  }
}
