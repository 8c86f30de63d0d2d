package dev.platform.mall;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceFutureStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** Orders different products in turn, each with plenty of stock in the seeded catalogue. */
final class Shopper implements AutoCloseable {

  static final List<String> PRODUCTS =
      List.of("p-4", "p-11", "p-13", "p-14", "p-21", "p-1", "p-15", "p-16");

  private static final int TOO_MANY = 1_000_000;
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration WARM_UP_LIMIT = Duration.ofMinutes(2);

  private final Channels channels = new Channels();
  private final OrderServiceFutureStub orders;
  private final Duration deadline;
  private final String user;
  private final AtomicInteger next = new AtomicInteger();

  Shopper(String address) {
    this(address, DEADLINE);
  }

  /**
   * @param deadline the timeout of each call
   */
  Shopper(String address, Duration deadline) {
    this.orders = OrderServiceGrpc.newFutureStub(channels.to(address));
    this.deadline = deadline;
    this.user = "shopper";
  }

  /** A shopper of this name. */
  Shopper(OrderServiceFutureStub orders, String user) {
    this.orders = orders;
    this.deadline = DEADLINE;
    this.user = user;
  }

  /** Starts one order: five calls to two other apps, one of which calls another service. */
  ListenableFuture<CreateOrderResponse> order() {
    return order(1);
  }

  /**
   * Starts an order that exceeds the stock and counts the rejection as a success: two calls to
   * inventory-app, GetProduct and Reserve, without writes. Cheap enough for tests that need many
   * calls.
   */
  ListenableFuture<?> orderTooMuch() {
    return Futures.catching(
        order(TOO_MANY),
        StatusRuntimeException.class,
        Shopper::requireRefusal,
        MoreExecutors.directExecutor());
  }

  private ListenableFuture<CreateOrderResponse> order(int quantity) {
    String product = PRODUCTS.get(Math.floorMod(next.getAndIncrement(), PRODUCTS.size()));
    return orders
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .createOrder(
            CreateOrderRequest.newBuilder()
                .setUserId(user)
                .addItems(OrderItem.newBuilder().setProductId(product).setQuantity(quantity))
                .build());
  }

  private static CreateOrderResponse requireRefusal(StatusRuntimeException answer) {
    String description = String.valueOf(answer.getStatus().getDescription());
    if (answer.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
        && description.startsWith("insufficient stock")) {
      return CreateOrderResponse.getDefaultInstance();
    }
    throw answer;
  }

  /**
   * Orders until this many consecutive orders succeed: by then the JVMs are warm, and every channel
   * is connected.
   */
  void warmUp(int orders) {
    warmUp(orders, this::order);
  }

  /** Warms up with other calls. */
  void warmUp(int calls, Supplier<? extends ListenableFuture<?>> call) {
    AtomicInteger inARow = new AtomicInteger();
    Awaitility.await(calls + " good calls in a row")
        .atMost(WARM_UP_LIMIT)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              int before = inARow.getAndSet(0);
              call.get().get();
              inARow.set(before + 1);
              return inARow.get() >= calls;
            });
  }

  @Override
  public void close() {
    channels.close();
  }
}
