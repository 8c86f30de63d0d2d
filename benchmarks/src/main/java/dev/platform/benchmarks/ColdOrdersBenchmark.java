package dev.platform.benchmarks;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceStub;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The first thousand orders of a mall that has just started, at a fixed rate whatever its answers:
 * how many fail, and what warm-up and class-data archive change.
 */
final class ColdOrdersBenchmark {

  private static final int ORDERS = 1000;
  private static final int PER_SECOND = 50;
  private static final int DEADLINE_SECONDS = 5;
  private static final int PRODUCTS = 21;
  private static final double SETTLED_MILLIS = 200;

  /** What a mall starts with. */
  private enum Variant {
    PLAIN(false, false),
    WARM_UP(true, false),
    ARCHIVE(false, true),
    BOTH(true, true);

    private final boolean warmUp;
    private final boolean archive;

    Variant(boolean warmUp, boolean archive) {
      this.warmUp = warmUp;
      this.archive = archive;
    }

    String title() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Variant of(String title) {
      return Arrays.stream(values())
          .filter(variant -> variant.title().equals(title))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      title + " (expected: plain, warm-up, archive or both)"));
    }
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
    List<Variant> variants =
        arguments.length > 1
            ? Arrays.stream(arguments).skip(1).map(Variant::of).toList()
            : List.of(Variant.values());
    try (MallProcesses mall = MallProcesses.withoutApps()) {
      // The first start creates the tables.
      start(mall, Variant.PLAIN);
      mall.stopApps();
      line(
          "| variant | registered after, s: inventory, order, payment | refused | failed | p50, ms"
              + " | p99, ms | max, ms | slower than %.0f ms until, s | RSS MB: inventory, order,"
              + " payment |",
          SETTLED_MILLIS);
      line("|---|---|---|---|---|---|---|---|---|");
      for (int round = 0; round < rounds; round++) {
        for (Variant variant : variants) {
          measure(mall, variant);
        }
      }
    }
  }

  private static Map<String, Double> start(MallProcesses mall, Variant variant) throws Exception {
    Map<String, List<String>> java = new TreeMap<>();
    for (String app : MallProcesses.apps()) {
      java.put(
          app,
          variant.archive ? archived(app) : List.of("-jar", MallProcesses.jar(app).toString()));
    }
    return mall.startApps(
        app -> java.getOrDefault(app, List.of()),
        Map.of("PLATFORM_START_WARMUP_ENABLED", Boolean.toString(variant.warmUp)));
  }

  private static List<String> archived(String app) throws IOException {
    Process process =
        new ProcessBuilder("build/class-archive", "args-if-made", app)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> arguments = process.inputReader().lines().toList();
    if (arguments.isEmpty()) {
      throw new IllegalStateException(app + " has no archive (expected: build/class-archive make)");
    }
    return arguments;
  }

  private static void measure(MallProcesses mall, Variant variant) throws Exception {
    Map<String, Double> registered = start(mall, variant);
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                "dns:///127.0.0.1:" + mall.grpcPort("order"), InsecureChannelCredentials.create())
            .build();
    try {
      Answers answers = place(OrderServiceGrpc.newStub(channel));
      line(
          "| %s | %s | %d | %d | %.0f | %.0f | %.0f | %.1f | %s |",
          variant.title(),
          cells(registered, "%.1f"),
          answers.refused,
          answers.failed,
          answers.times.millis(50),
          answers.times.millis(99),
          answers.times.millis(100),
          answers.lastSlow,
          cells(mall.residentMegabytes(), "%d"));
      answers.failures.forEach((status, count) -> System.err.println(count + " × " + status));
    } finally {
      channel.shutdownNow();
      mall.stopApps();
    }
  }

  /** By the names of the apps. */
  private static String cells(Map<String, ?> values, String format) {
    return values.values().stream()
        .map(value -> String.format(Locale.ROOT, format, value))
        .collect(Collectors.joining(", "));
  }

  /** Places all orders in time, without waiting for answers. */
  private static Answers place(OrderServiceStub orders) throws InterruptedException {
    Answers answers = new Answers();
    long start = System.nanoTime();
    for (int i = 0; i < ORDERS; i++) {
      long due = start + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      orders
          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
          .createOrder(order(), answers.observer(start, due));
    }
    answers.await();
    return answers;
  }

  /** Two products of the seeded catalogue. */
  private static CreateOrderRequest order() {
    int product = ThreadLocalRandom.current().nextInt(PRODUCTS);
    return CreateOrderRequest.newBuilder()
        .setUserId("customer")
        .addItems(item(product))
        .addItems(item((product + 7) % PRODUCTS))
        .build();
  }

  private static OrderItem.Builder item(int product) {
    return OrderItem.newBuilder().setProductId("p-" + (product + 1)).setQuantity(1);
  }

  private static void line(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  /** Thread-safe until all have arrived. */
  private static final class Answers {

    private final CountDownLatch open = new CountDownLatch(ORDERS);
    // guarded by this
    private final Samples times = new Samples();
    private final Map<String, Integer> failures = new TreeMap<>();
    private int refused;
    private int failed;
    private double lastSlow;

    /** The time of an order counts from when it was due. */
    <A> StreamObserver<A> observer(long start, long due) {
      return new StreamObserver<>() {
        @Override
        public void onNext(A answer) {}

        @Override
        public void onError(Throwable failure) {
          ended(start, due, Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
          ended(start, due, Status.OK);
        }
      };
    }

    private synchronized void ended(long start, long due, Status status) {
      long now = System.nanoTime();
      if (status.isOk()) {
        times.add(now - due);
      } else if (status.getCode() == Code.RESOURCE_EXHAUSTED) {
        refused++;
      } else {
        failed++;
      }
      if (!status.isOk()) {
        failures.merge(status.getCode() + " " + status.getDescription(), 1, Integer::sum);
      }
      if (!status.isOk() || (now - due) / 1e6 > SETTLED_MILLIS) {
        lastSlow = Math.max(lastSlow, (due - start) / 1e9);
      }
      open.countDown();
    }

    void await() throws InterruptedException {
      open.await();
    }
  }
}
