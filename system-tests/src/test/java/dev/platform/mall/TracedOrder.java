package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** An order over HTTP, and the spans of its trace. */
final class TracedOrder {

  /** The product of each order. */
  static final String PRODUCT = "p-4";

  private static final String REQUEST = "POST /api/orders SERVER";
  private static final String CALL = REQUEST + " > order.v1.OrderService/CreateOrder SERVER";

  /** Expected spans, each below its callers. */
  static final List<String> WATERFALL =
      List.of(
          REQUEST,
          CALL,
          CALL + " > check_inventory INTERNAL",
          CALL + " > check_inventory INTERNAL" + both("inventory.v1.InventoryService/Reserve"),
          CALL + " > insert_order_to_db INTERNAL",
          CALL + both("payment.v1.PaymentService/CreatePayment"),
          CALL
              + both("payment.v1.PaymentService/CreatePayment")
              + both("bank.v1.BankGateway/Charge"));

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private TracedOrder() {}

  /** Places an order, and returns its trace's id. */
  static String place(AppProcess orderApp) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + orderApp.httpPort() + "/api/orders");
    HttpResponse<String> placed =
        HTTP.send(
            HttpRequest.newBuilder(uri)
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        """
                        {"userId": "u-trace", "items": [{"productId": "%s", "quantity": 1}]}"""
                            .formatted(PRODUCT)))
                .build(),
            BodyHandlers.ofString());
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    return placed.headers().firstValue("traceresponse").orElseThrow().substring(3, 35);
  }

  /** A call's client and server span, as part of a path. */
  static String both(String method) {
    return " > " + method + " CLIENT > " + method + " SERVER";
  }
}
