package dev.platform.benchmarks;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderItem;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Orders a second through the three packaged apps, each order placed and paid before its client
 * places the next, and the time of each step.
 */
final class OrdersBenchmark {

  private static final Duration WARM_UP = Duration.ofSeconds(25);
  private static final int PRODUCTS = 21;

  /** The orders placed during a measurement. */
  private record Load(Samples samples, int failed) {}

  private final OrderServiceBlockingStub orders;
  private final int clients;

  private OrdersBenchmark(OrderServiceBlockingStub orders, int clients) {
    this.orders = orders;
    this.clients = clients;
  }

  public static void main(String[] arguments) throws Exception {
    Duration time = Duration.ofSeconds(arguments.length > 0 ? Long.parseLong(arguments[0]) : 40);
    int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 16;
    try (MallProcesses mall = MallProcesses.start()) {
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  "dns:///127.0.0.1:" + mall.grpcPort("order"), InsecureChannelCredentials.create())
              .build();
      try {
        new OrdersBenchmark(OrderServiceGrpc.newBlockingStub(channel), clients).run(mall, time);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private void run(MallProcesses mall, Duration time) throws Exception {
    place(WARM_UP);
    Map<String, Double> cpu = mall.cpuSeconds();
    Map<String, MallMeters> meters = mall.meters();
    long start = System.nanoTime();
    Load load = place(time);
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Double> used = new TreeMap<>(mall.cpuSeconds());
    used.replaceAll((process, after) -> after - cpu.getOrDefault(process, 0.0));
    Map<String, MallMeters> counted = new TreeMap<>(mall.meters());
    counted.replaceAll((app, after) -> after.since(meters.getOrDefault(app, MallMeters.NONE)));

    int placed = load.samples().size();
    line("| clients | orders | failed | orders/s | p50, ms | p99, ms | max, ms |");
    line("|---|---|---|---|---|---|---|");
    line(
        "| %d | %d | %d | %.0f | %s |",
        clients, placed, load.failed(), placed / seconds, load.samples().cells());
    printProcessors(used, placed, seconds);
    printSteps(counted, placed);
  }

  private static void printProcessors(Map<String, Double> used, int placed, double seconds) {
    int cores = Runtime.getRuntime().availableProcessors();
    line("%n| process | CPU, s | of %d cores, %% | CPU for an order, ms |", cores);
    line("|---|---|---|---|");
    double all = 0;
    for (Map.Entry<String, Double> process : used.entrySet()) {
      all += process.getValue();
      line(process.getKey(), process.getValue(), placed, seconds * cores);
    }
    line("all", all, placed, seconds * cores);
  }

  private static void line(String name, double cpu, int placed, double available) {
    line("| %s | %.1f | %.0f | %.2f |", name, cpu, 100 * cpu / available, 1000 * cpu / placed);
  }

  /** Prints means, because the apps keep only sums. */
  private static void printSteps(Map<String, MallMeters> counted, int placed) {
    line("%n| app | step | for an order | mean, ms |");
    line("|---|---|---|---|");
    counted.forEach(
        (app, meters) ->
            meters
                .steps()
                .forEach(
                    (step, sum) ->
                        line(
                            "| %s | %s | %.2f | %.2f |",
                            app, step, sum.count() / placed, 1000 * sum.seconds() / sum.count())));
  }

  private Load place(Duration time) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      long end = System.nanoTime() + time.toNanos();
      List<Callable<Load>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        all.add(() -> placeUntil(end));
      }
      Samples samples = new Samples();
      int failed = 0;
      for (Future<Load> one : threads.invokeAll(all)) {
        samples.addAll(one.get().samples());
        failed += one.get().failed();
      }
      return new Load(samples, failed);
    } finally {
      threads.shutdownNow();
    }
  }

  private Load placeUntil(long end) {
    Samples samples = new Samples();
    int failed = 0;
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      try {
        if (!orders
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .createOrder(order())
            .getOrderId()
            .isEmpty()) {
          samples.add(System.nanoTime() - start);
        }
      } catch (StatusRuntimeException e) {
        failed++;
      }
    }
    return new Load(samples, failed);
  }

  /** Two products of the seeded catalogue. */
  private static CreateOrderRequest order() {
    int product = ThreadLocalRandom.current().nextInt(PRODUCTS);
    return CreateOrderRequest.newBuilder()
        .setUserId("client-" + Thread.currentThread().getId())
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
}
