package dev.platform.mall;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.RateLimiter;
import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Concurrent customers, each of whom places sequential orders and retries with the same idempotency
 * key until the answer is final. Some send the same request twice at once.
 */
final class Customers implements AutoCloseable {

  private static final int DEADLINE_SECONDS = 10;
  private static final int MAX_PIECES = 3;
  private static final int ONE_HASTY_OF = 8;
  private static final double ASKS_PER_SECOND = 5;

  private enum Answer {
    ACCEPTED,
    REFUSED,
    /** The outcome is not known yet. */
    ASK_AGAIN
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final String names;
  private final RunningOrderApps orderApps;
  private final List<String> products;
  private final AtomicInteger left;
  private final Semaphore admitted = new Semaphore(0);
  private final Map<String, String> accepted = new ConcurrentHashMap<>();
  private final Map<Status.Code, AtomicInteger> answers = new ConcurrentHashMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  /**
   * @param names the prefix of their names
   * @param orders the total number of orders
   */
  Customers(String names, RunningOrderApps orderApps, List<String> products, int orders) {
    this.names = names;
    this.orderApps = orderApps;
    this.products = products;
    this.left = new AtomicInteger(orders);
  }

  void start(int customers, long seed) {
    for (int i = 0; i < customers; i++) {
      String name = names + i;
      Random random = new Random(seed + i);
      threads.execute(() -> shop(name, random));
    }
    threads.shutdown();
  }

  String names() {
    return names;
  }

  /** Permits some more orders; before the first permit there are none. */
  void admit(int orders) {
    admitted.release(orders);
  }

  boolean haveAllLeft() {
    return threads.isTerminated();
  }

  /** The orders that were accepted, by user and key. */
  Map<String, String> accepted() {
    return new TreeMap<>(accepted);
  }

  /** The number of answers by status so far. */
  Map<Status.Code, AtomicInteger> answers() {
    return new TreeMap<>(answers);
  }

  /** Contradictory answers, or answers that must never occur. */
  List<String> wrong() {
    return wrong;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private void shop(String name, Random random) {
    RateLimiter patience = RateLimiter.create(ASKS_PER_SECOND);
    try {
      while (left.getAndDecrement() > 0) {
        admitted.acquire();
        CreateOrderRequest request =
            CreateOrderRequest.newBuilder()
                .setUserId(name)
                .setIdempotencyKey(Long.toHexString(random.nextLong()))
                .addItems(item(random))
                .build();
        while (ask(request, random) == Answer.ASK_AGAIN) {
          patience.acquire();
        }
      }
    } catch (InterruptedException e) {
      // The test ended before all orders were placed.
      Thread.currentThread().interrupt();
    }
  }

  private OrderItem item(Random random) {
    return OrderItem.newBuilder()
        .setProductId(products.get(random.nextInt(products.size())))
        .setQuantity(1 + random.nextInt(MAX_PIECES))
        .build();
  }

  private Answer ask(CreateOrderRequest request, Random random) throws InterruptedException {
    List<Channel> open = orderApps.open();
    if (open.isEmpty()) {
      return Answer.ASK_AGAIN;
    }
    int times = random.nextInt(ONE_HASTY_OF) == 0 ? 2 : 1;
    List<ListenableFuture<CreateOrderResponse>> calls =
        IntStream.range(0, times)
            .mapToObj(i -> call(open.get(random.nextInt(open.size())), request))
            .toList();
    Answer answer = Answer.REFUSED;
    for (ListenableFuture<CreateOrderResponse> call : calls) {
      answer = combine(answer, answerTo(request, call));
    }
    return answer;
  }

  /**
   * An accepted request has an order; a rejected one has none, unless the other call was accepted.
   */
  private static Answer combine(Answer one, Answer other) {
    if (one == Answer.ACCEPTED || other == Answer.ACCEPTED) {
      return Answer.ACCEPTED;
    }
    return one == Answer.REFUSED ? other : one;
  }

  private static ListenableFuture<CreateOrderResponse> call(
      Channel channel, CreateOrderRequest request) {
    return OrderServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .createOrder(request);
  }

  private Answer answerTo(CreateOrderRequest request, ListenableFuture<CreateOrderResponse> call)
      throws InterruptedException {
    String key = request.getUserId() + " " + request.getIdempotencyKey();
    try {
      accept(key, call.get().getOrderId());
      count(Status.Code.OK);
      return Answer.ACCEPTED;
    } catch (ExecutionException e) {
      Status status = ((StatusRuntimeException) e.getCause()).getStatus();
      count(status.getCode());
      return refusal(key, status);
    }
  }

  private Answer refusal(String key, Status status) {
    if (status.getCause() instanceof IOException) {
      // gRPC closed the connection while it started the call.
      return Answer.ASK_AGAIN;
    }
    return switch (status.getCode()) {
      case FAILED_PRECONDITION -> Answer.REFUSED;
      case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> Answer.ASK_AGAIN;
      default -> {
        wrong.add(key + ": " + status);
        yield Answer.ASK_AGAIN;
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
}
