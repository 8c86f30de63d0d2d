package dev.platform.mall;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceFutureStub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Orders one thing after another, each of a kind that the seeded catalogue has plenty of. */
final class Shopper implements AutoCloseable {

  private static final List<String> PRODUCTS =
      List.of("p-4", "p-11", "p-13", "p-14", "p-21", "p-1", "p-15", "p-16");

  private static final long DEADLINE_SECONDS = 20;
  private static final Duration WARM_UP_LIMIT = Duration.ofMinutes(2);

  private final Channels channels = new Channels();
  private final OrderServiceFutureStub orders;
  private final AtomicInteger next = new AtomicInteger();

  Shopper(String address) {
    orders = OrderServiceGrpc.newFutureStub(channels.to(address));
  }

  /** Begins one order: five calls to two other apps, one of which calls on. */
  ListenableFuture<CreateOrderResponse> order() {
    String product = PRODUCTS.get(Math.floorMod(next.getAndIncrement(), PRODUCTS.size()));
    return orders
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .createOrder(
            CreateOrderRequest.newBuilder()
                .setUserId("shopper")
                .addItems(OrderItem.newBuilder().setProductId(product).setQuantity(1))
                .build());
  }

  /**
   * Orders until so many orders in a row went well: the JVMs have seen the code by then, and every
   * channel is connected.
   */
  void warmUp(int orders) {
    AtomicInteger inARow = new AtomicInteger();
    Awaitility.await(orders + " orders in a row")
        .atMost(WARM_UP_LIMIT)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              int before = inARow.getAndSet(0);
              order().get();
              inARow.set(before + 1);
              return inARow.get() >= orders;
            });
  }

  @Override
  public void close() {
    channels.close();
  }
}
