package dev.platform.mall;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.notification.v1.NotifyRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.payment.v1.CreatePaymentRequest;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The effects reported to callers; others must not exist. Thread-safe. */
final class ReportedEffects {

  final Set<String> orders = ConcurrentHashMap.newKeySet();
  final Set<String> reservations = ConcurrentHashMap.newKeySet();
  final Set<String> releases = ConcurrentHashMap.newKeySet();
  final Set<String> payments = ConcurrentHashMap.newKeySet();
  final Set<String> charges = ConcurrentHashMap.newKeySet();
  final Set<String> notifications = ConcurrentHashMap.newKeySet();
  final AtomicLong pieces = new AtomicLong();

  /** Calls with a possible unreported effect: timed out or cut off. */
  final AtomicLong uncertain = new AtomicLong();

  /** Records the end of a call, with its last request. */
  void of(String method, byte[] request, RawCall.End end) {
    if (end.status().isOk()) {
      try {
        accepted(method, request, end);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(method + " accepted what can't be read", e);
      }
      return;
    }
    if (!orderOf(end)) {
      uncertain(end.status());
    }
  }

  private void accepted(String method, byte[] request, RawCall.End end)
      throws InvalidProtocolBufferException {
    switch (method.substring(method.indexOf('/') + 1)) {
      case "CreateOrder" ->
          orders.add(CreateOrderResponse.parseFrom(end.answers().get(0)).getOrderId());
      case "Reserve" -> reservations.add(ReserveRequest.parseFrom(request).getReservationId());
      case "Release" -> releases.add(ReleaseRequest.parseFrom(request).getReservationId());
      case "CreatePayment", "VoidPayment" ->
          payments.add(CreatePaymentRequest.parseFrom(request).getOrderId());
      case "Charge" -> charges.add(ChargeRequest.parseFrom(request).getReference());
      case "Notify" ->
          notifications.add(NotifyRequest.parseFrom(request).getNotification().getNotificationId());
      case "ImportStock" ->
          pieces.addAndGet(ImportStockResponse.parseFrom(end.answers().get(0)).getPiecesImported());
      default -> {}
    }
  }

  private boolean orderOf(RawCall.End end) {
    com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(end.status(), end.trailers());
    for (Any detail : details.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          String order = detail.unpack(ErrorInfo.class).getMetadataMap().get("order_id");
          if (order != null) {
            orders.add(order);
            return true;
          }
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException("details that can't be read", e);
        }
      }
    }
    return false;
  }

  private void uncertain(Status status) {
    switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> uncertain.incrementAndGet();
      default -> {}
    }
  }
}
