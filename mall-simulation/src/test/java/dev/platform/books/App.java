package dev.platform.books;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A kind of process. The bank is one of its own: any instance of payment-app may serve it. */
enum App {
  ORDER("order", "order.v1.OrderService", "notification.v1.NotificationService"),
  INVENTORY(
      "inventory",
      "inventory.v1.InventoryService",
      "product.v1.ProductService",
      "recommendation.v1.RecommendationService"),
  PAYMENT("payment", "payment.v1.PaymentService"),
  BANK("payment", "bank.v1.BankGateway");

  private final String database;
  private final List<String> services;

  App(String database, String... services) {
    this.database = database;
    this.services = List.of(services);
  }

  String database() {
    return database;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one that serves a gRPC service. */
  static App of(String service) {
    return Stream.of(values())
        .filter(app -> app.services.contains(service))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no process serves " + service));
  }
}
