package dev.platform.mall;

import dev.platform.contracts.order.v1.CreateOrderRequest;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceBlockingStub;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Places orders at all order instances in turn and shows the calls that each instance of a service
 * served.
 */
final class ShowSpread {

  private static final String ETCD = "127.0.0.1:2379";
  private static final int CREATE_SECONDS = 15;

  private final Channels channels;
  private final Registered registered;
  private final CallCount calls;

  private ShowSpread(Channels channels, Registered registered, CallCount calls) {
    this.channels = channels;
    this.registered = registered;
    this.calls = calls;
  }

  static int run(Arguments arguments) throws IOException, InterruptedException {
    try (Channels channels = new Channels(arguments)) {
      Registered registered = new Registered(channels.to(arguments.text("etcd", ETCD)));
      CallCount calls = new CallCount(arguments.text("grpc-service"));
      return new ShowSpread(channels, registered, calls)
          .run(
              arguments.text("service"), arguments.number("orders", 30), OrderForm.from(arguments));
    }
  }

  private int run(String service, int count, CreateOrderRequest order)
      throws IOException, InterruptedException {
    Map<Instance, Long> before = count(registered.instancesOf(service));
    long start = System.nanoTime();
    place(count, order);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "%d orders in %.1f s; calls to %s:%n", count, seconds, service);
    long total = 0;
    for (Map.Entry<Instance, Long> instance : before.entrySet()) {
      long served = calls.at(instance.getKey()) - instance.getValue();
      System.out.printf(Locale.ROOT, "  %-24s %5d%n", instance.getKey().address(), served);
      total += served;
    }
    return total > 0 ? 0 : 1;
  }

  private void place(int count, CreateOrderRequest order) throws IOException {
    List<OrderServiceBlockingStub> orders = new ArrayList<>();
    for (Instance instance : registered.instancesOf("order-service")) {
      orders.add(
          OrderServiceGrpc.newBlockingStub(channels.to(instance.address(), "order-service")));
    }
    if (orders.isEmpty()) {
      throw new IOException("no order-service is registered");
    }
    for (int i = 0; i < count; i++) {
      orders
          .get(i % orders.size())
          .withDeadlineAfter(CREATE_SECONDS, TimeUnit.SECONDS)
          .createOrder(order);
    }
  }

  private Map<Instance, Long> count(List<Instance> instances)
      throws IOException, InterruptedException {
    Map<Instance, Long> counts = new LinkedHashMap<>();
    for (Instance instance : instances) {
      counts.put(instance, calls.at(instance));
    }
    return counts;
  }
}
