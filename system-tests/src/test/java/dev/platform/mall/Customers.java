package dev.platform.mall;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Several customers who order at once, each a thing after another, and ask again under the same
 * idempotency key until they have an answer that will not change.
 */
final class Customers implements AutoCloseable {

  private static final int DEADLINE_SECONDS = 10;
  private static final int MOST_PIECES = 3;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Supplier<List<Channel>> doors;
  private final List<String> products;
  private final AtomicInteger left;
  private final Map<String, String> accepted = new ConcurrentHashMap<>();
  private final Map<Status.Code, AtomicInteger> answers = new ConcurrentHashMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  /**
   * @param doors the order-apps that run at the moment
   */
  Customers(Supplier<List<Channel>> doors, List<String> products, int orders) {
    this.doors = doors;
    this.products = products;
    this.left = new AtomicInteger(orders);
  }

  void start(int customers, long seed) {
    for (int i = 0; i < customers; i++) {
      Random random = new Random(seed + i);
      String name = "customer-" + i;
      threads.execute(() -> shop(name, random));
    }
    threads.shutdown();
  }

  int left() {
    return Math.max(0, left.get());
  }

  boolean haveAllLeft() throws InterruptedException {
    return threads.awaitTermination(100, TimeUnit.MILLISECONDS);
  }

  /** The order of each key that was accepted. */
  Map<String, String> accepted() {
    return accepted;
  }

  /** How often each status was answered. */
  Map<Status.Code, AtomicInteger> answers() {
    return answers;
  }

  /** Answers that contradict each other or that nobody should ever get. */
  List<String> wrong() {
    return wrong;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private void shop(String name, Random random) {
    while (left.getAndDecrement() > 0 && !Thread.currentThread().isInterrupted()) {
      CreateOrderRequest request =
          CreateOrderRequest.newBuilder()
              .setUserId(name)
              .setIdempotencyKey(name + "-" + Long.toHexString(random.nextLong()))
              .addItems(item(random))
              .build();
      while (!isAnswered(request, random) && !Thread.currentThread().isInterrupted()) {
        pause();
      }
    }
  }

  private OrderItem item(Random random) {
    return OrderItem.newBuilder()
        .setProductId(products.get(random.nextInt(products.size())))
        .setQuantity(1 + random.nextInt(MOST_PIECES))
        .build();
  }

  private boolean isAnswered(CreateOrderRequest request, Random random) {
    List<Channel> open = doors.get();
    if (open.isEmpty()) {
      return false;
    }
    try {
      CreateOrderResponse answer =
          OrderServiceGrpc.newBlockingStub(open.get(random.nextInt(open.size())))
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .createOrder(request);
      count(Status.Code.OK);
      accept(request.getIdempotencyKey(), answer.getOrderId());
      return true;
    } catch (StatusRuntimeException e) {
      count(e.getStatus().getCode());
      return isFinal(request, e.getStatus());
    }
  }

  private boolean isFinal(CreateOrderRequest request, Status status) {
    return switch (status.getCode()) {
      case FAILED_PRECONDITION -> true;
      case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, CANCELLED -> false;
      default -> {
        wrong.add(request.getIdempotencyKey() + ": " + status);
        yield true;
      }
    };
  }

  private void accept(String key, String orderId) {
    String earlier = accepted.putIfAbsent(key, orderId);
    if (earlier != null && !earlier.equals(orderId)) {
      wrong.add(key + " has two orders: " + earlier + " and " + orderId);
    }
  }

  private void count(Status.Code code) {
    answers.computeIfAbsent(code, c -> new AtomicInteger()).incrementAndGet();
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
