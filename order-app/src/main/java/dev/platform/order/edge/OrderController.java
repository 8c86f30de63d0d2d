package dev.platform.order.edge;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Orders over HTTP, each request one call of {@code order.v1.OrderService}. */
@RestController
class OrderController {

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private final OrderServiceBlockingStub orders;
  private final ProtoJson json;
  private final CallTimeouts timeouts;

  OrderController(OrderServiceBlockingStub orders, ProtoJson json, CallTimeouts timeouts) {
    this.orders = orders;
    this.json = json;
    this.timeouts = timeouts;
  }

  @PostMapping(path = "/api/orders", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<String> place(
      InputStream body,
      @RequestHeader(name = IDEMPOTENCY_KEY, required = false) @Nullable String key,
      @RequestHeader(name = CallTimeouts.HEADER, required = false) @Nullable String timeout)
      throws IOException {
    Duration limit = timeouts.of(timeout);
    CreateOrderRequest.Builder request = json.read(body, CreateOrderRequest.newBuilder());
    if (key != null) {
      request.setIdempotencyKey(theOnly(present(unquoted(key)), request.getIdempotencyKey()));
    }
    CreateOrderResponse placed = within(limit).createOrder(request.build());
    return ResponseEntity.created(URI.create("/api/orders/" + placed.getOrderId()))
        .contentType(MediaType.APPLICATION_JSON)
        .body(ProtoJson.write(placed));
  }

  @GetMapping("/api/orders/{id}")
  ResponseEntity<String> order(
      @PathVariable("id") String id,
      @RequestHeader(name = CallTimeouts.HEADER, required = false) @Nullable String timeout) {
    GetOrderRequest request = GetOrderRequest.newBuilder().setOrderId(id).build();
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(ProtoJson.write(within(timeouts.of(timeout)).getOrder(request)));
  }

  private OrderServiceBlockingStub within(Duration timeout) {
    return orders.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The header's draft standard requires quotes, which few clients send. */
  private static String unquoted(String key) {
    String bare = key.strip();
    boolean quoted = bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"");
    return quoted ? bare.substring(1, bare.length() - 1) : bare;
  }

  /** An empty header is refused: its client expects idempotency and would not get it. */
  private static String present(String key) {
    if (key.isBlank()) {
      throw Status.INVALID_ARGUMENT
          .withDescription(
              "the header %s must not be empty (expected: a key, or no such header)"
                  .formatted(IDEMPOTENCY_KEY))
          .asRuntimeException();
    }
    return key;
  }

  private static String theOnly(String inHeader, String inBody) {
    if (!inBody.isEmpty() && !inBody.equals(inHeader)) {
      throw Status.INVALID_ARGUMENT
          .withDescription(
              "idempotencyKey must be the same as in the header %s, or left out: %s"
                  .formatted(IDEMPOTENCY_KEY, Text.shortened(inBody)))
          .asRuntimeException();
    }
    return inHeader;
  }
}
