package dev.platform.order.warmup;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpRun;
import dev.platform.jdbc.RolledBackCalls;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ServerInterceptors;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Places orders through this app's own service, clients and SQL. The services that they call are
 * {@link WarmUpMall}'s, and each order's transaction is rolled back.
 */
final class OrderWarmUp implements WarmUp {

  private static final int ORDERS = 400;
  private static final long PATIENCE_SECONDS = 5;

  private final Function<Channel, BindableService> orderService;
  private final RolledBackCalls rolledBack;

  /**
   * @param orderService makes the order service on a channel to the others
   */
  OrderWarmUp(Function<Channel, BindableService> orderService, RolledBackCalls rolledBack) {
    this.orderService = orderService;
    this.rolledBack = rolledBack;
  }

  @Override
  public void run(WarmUpRun run) throws Exception {
    BindableService service = orderService.apply(run.serve(WarmUpMall.services()));
    OrderServiceBlockingStub orders =
        OrderServiceGrpc.newBlockingStub(
            run.serve(() -> ServerInterceptors.intercept(service, rolledBack)));
    run.repeat(
        ORDERS,
        () -> orders.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS).createOrder(order()));
  }

  private static CreateOrderRequest order() {
    return CreateOrderRequest.newBuilder()
        .setUserId("warm-up")
        .setIdempotencyKey("warm-up-" + UUID.randomUUID())
        .addItems(OrderItem.newBuilder().setProductId("warm-up-1").setQuantity(1))
        .addItems(OrderItem.newBuilder().setProductId("warm-up-2").setQuantity(2))
        .build();
  }
}
