package dev.platform.order.edge;

import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceStub;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.contracts.order.v1.WatchOrderRequest;
import io.grpc.Status;
import io.grpc.stub.AbstractStub;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The events of an order, as server-sent events. A client that has seen the last event gets 204,
 * which stops a browser from reconnecting.
 */
@RestController
class OrderEventsController {

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final OrderServiceBlockingStub orders;
  private final OrderServiceStub watches;
  private final EventStreams streams;
  private final CallTimeouts timeouts;

  OrderEventsController(
      OrderServiceBlockingStub orders,
      OrderServiceStub watches,
      EventStreams streams,
      CallTimeouts timeouts) {
    this.orders = orders;
    this.watches = watches;
    this.streams = streams;
    this.timeouts = timeouts;
  }

  @GetMapping("/api/orders/{id}/events")
  ResponseEntity<SseEmitter> events(
      HttpServletRequest client,
      @PathVariable("id") String id,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
      @RequestHeader(name = CallTimeouts.HEADER, required = false) @Nullable String timeout) {
    long after = sequence(lastEventId);
    Optional<Duration> limit = timeouts.ofStream(timeout);
    // First, because an event stream that has begun can't become a 404.
    GetOrderResponse order =
        within(timeouts.of(timeout), orders)
            .getOrder(GetOrderRequest.newBuilder().setOrderId(id).build());
    if (isFinal(order.getStatus()) && after >= order.getLastSequence()) {
      return ResponseEntity.noContent().build();
    }
    WatchOrderRequest request =
        WatchOrderRequest.newBuilder().setOrderId(id).setAfterSequence(after).build();
    OrderServiceStub stub = limit.map(time -> within(time, watches)).orElse(watches);
    return ResponseEntity.ok()
        .contentType(MediaType.TEXT_EVENT_STREAM)
        .cacheControl(CacheControl.noStore())
        .body(streams.open(client.getRemoteAddr(), observer -> stub.watchOrder(request, observer)));
  }

  private static <S extends AbstractStub<S>> S within(Duration timeout, S stub) {
    return stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static boolean isFinal(OrderStatus status) {
    return status == OrderStatus.ORDER_STATUS_COMPLETED
        || status == OrderStatus.ORDER_STATUS_CANCELLED;
  }

  private static long sequence(@Nullable String lastEventId) {
    if (lastEventId == null || lastEventId.isBlank()) {
      return 0;
    }
    try {
      long sequence = Long.parseLong(lastEventId.strip());
      if (sequence >= 0) {
        return sequence;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a negative one.
    }
    throw Status.INVALID_ARGUMENT
        .withDescription(
            LAST_EVENT_ID
                + " must be the id of an event, a whole number from 0: "
                + Text.shortened(lastEventId))
        .asRuntimeException();
  }
}
