package dev.platform.order.client;

import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReservationLine;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.order.domain.Order;
import dev.platform.order.domain.OrderException;
import dev.platform.order.domain.Shortage;
import dev.platform.order.domain.Stock;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;

/** Reserves stock at inventory-service; one call checks and reserves. */
final class StockClient implements Stock {

  static final String SERVICE = "inventory-service";

  private final InventoryServiceBlockingStub inventory;

  StockClient(InventoryServiceBlockingStub inventory) {
    this.inventory = inventory;
  }

  @Override
  public void reserve(Order order) {
    ReserveRequest.Builder request = ReserveRequest.newBuilder().setReservationId(order.id());
    order
        .lines()
        .forEach(
            line ->
                request.addLines(
                    ReservationLine.newBuilder()
                        .setProductId(line.productId())
                        .setQuantity(line.quantity())));
    try {
      inventory.reserve(request.build());
    } catch (StatusRuntimeException e) {
      if (isRefusal(e)) {
        throw refusal(e);
      }
      throw CallFailures.of(SERVICE, e);
    }
  }

  @Override
  public boolean confirm(String orderId) {
    try {
      inventory.confirm(ConfirmRequest.newBuilder().setReservationId(orderId).build());
      return true;
    } catch (StatusRuntimeException e) {
      if (isRefusal(e)) {
        return false;
      }
      throw CallFailures.of(SERVICE, e);
    }
  }

  @Override
  public boolean release(String orderId) {
    ReleaseRequest request = ReleaseRequest.newBuilder().setReservationId(orderId).build();
    try {
      // A fork is not cancelled with the caller: the stock must be released in any case.
      Context.current().fork().run(() -> inventory.release(request));
      return true;
    } catch (StatusRuntimeException e) {
      if (isRefusal(e)) {
        return false;
      }
      throw CallFailures.of(SERVICE, e);
    }
  }

  private static OrderException refusal(StatusRuntimeException e) {
    List<Shortage> shortages = Shortages.of(e);
    return shortages.isEmpty()
        ? OrderException.refused(CallFailures.reason(e), e)
        : OrderException.insufficientStock(CallFailures.reason(e), shortages, e);
  }

  /**
   * FAILED_PRECONDITION: too little, or no longer reserved; NOT_FOUND: no such product or
   * reservation.
   */
  private static boolean isRefusal(StatusRuntimeException e) {
    Status.Code code = e.getStatus().getCode();
    return code == Status.Code.FAILED_PRECONDITION || code == Status.Code.NOT_FOUND;
  }
}
