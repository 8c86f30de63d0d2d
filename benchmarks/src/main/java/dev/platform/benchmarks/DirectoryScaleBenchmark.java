package dev.platform.benchmarks;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.discovery.InstanceList;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.net.TcpProxy;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The cost of watching many instances on a real etcd: one service of 10,000, then 1,000 services of
 * 10. The cost of a change is this process's cost during the changes, minus the same cost without
 * watches.
 */
public final class DirectoryScaleBenchmark {

  private static final int INSTANCES = 10_000;
  private static final int SERVICES = 1_000;
  private static final int CHANGES = 500;
  private static final int IDLE_SECONDS = 15;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final EtcdServer etcd;
  private final EtcdWriter writer;
  private final EtcdCounters counters;
  private final int rounds;

  private DirectoryScaleBenchmark(EtcdServer etcd, EtcdWriter writer, int rounds) {
    this.etcd = etcd;
    this.writer = writer;
    this.counters = new EtcdCounters(etcd.endpoint());
    this.rounds = rounds;
  }

  /**
   * @param args the number of measurements (default 5)
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    try (EtcdServer etcd = Servers.REAL.start();
        EtcdWriter writer = new EtcdWriter(etcd.endpoint())) {
      DirectoryScaleBenchmark benchmark = new DirectoryScaleBenchmark(etcd, writer, rounds);
      benchmark.oneLargeService();
      etcd.wipe();
      benchmark.manyServices();
    }
    System.exit(0);
  }

  private void oneLargeService() throws Exception {
    ListKeepingPolicy policy = new ListKeepingPolicy();
    LoadBalancerRegistry.getDefaultRegistry().register(policy);
    writer.putAll(Instances.of("large", INSTANCES));
    say("one service, %,d instances", INSTANCES);
    for (int round = 0; round < rounds; round++) {
      try (ConfigurableApplicationContext app =
          StarterApp.start(etcd.endpoint(), ListKeepingPolicy.NAME)) {
        firstList(app.getBean(InstanceDirectory.class));
      }
    }
    try (ConfigurableApplicationContext app =
        StarterApp.start(etcd.endpoint(), ListKeepingPolicy.NAME)) {
      ProcessCost baseline = baseline("large");
      InstanceDirectory directory = app.getBean(InstanceDirectory.class);
      firstList(directory);
      AtomicLong lists = new AtomicLong();
      InstanceDirectory.Subscription subscription =
          directory.subscribe("large", list -> lists.incrementAndGet());
      changes("directory alone", "large", lists::get, baseline);
      subscription.cancel();
      withResolver(policy, baseline);
    }
  }

  private void withResolver(ListKeepingPolicy policy, ProcessCost baseline) throws Exception {
    long before = ProcessCost.heapBytes();
    ManagedChannel channel =
        Grpc.newChannelBuilder("etcd:///large", InsecureChannelCredentials.create()).build();
    channel.getState(true);
    await(policy.lists::get, 1);
    say("  heap of a channel's resolver: %,d kB", (ProcessCost.heapBytes() - before) / 1024);
    changes("directory, resolver, balancer", "large", policy.lists::get, baseline);
    channel.shutdownNow();
  }

  private static void firstList(InstanceDirectory directory) {
    long before = ProcessCost.heapBytes();
    ProcessCost start = ProcessCost.now();
    InstanceList list = directory.firstList("large").join();
    ProcessCost cost = ProcessCost.now().since(start);
    if (list.instances().size() != INSTANCES) {
      throw new IllegalStateException("the first list is " + list.instances().size() + " long");
    }
    say(
        "  first list: %.0f ms, %.0f ms CPU, heap held %,d kB",
        cost.wallNanos() / 1e6, cost.cpuMillis(), (ProcessCost.heapBytes() - before) / 1024);
  }

  /** The cost of making the changes. */
  private ProcessCost baseline(String service) {
    // Warm-up changes are not counted, because they are compiled while they run.
    change(service, () -> Long.MAX_VALUE, 2 * CHANGES);
    ProcessCost start = ProcessCost.now();
    change(service, () -> Long.MAX_VALUE, CHANGES);
    ProcessCost cost = ProcessCost.now().since(start);
    say("  no watch: %s a change", cost.perEach(CHANGES));
    return cost;
  }

  private void changes(String what, String service, LongSupplier lists, ProcessCost baseline)
      throws Exception {
    long ranges = counters.ranges();
    for (int round = 0; round <= rounds; round++) {
      ProcessCost start = ProcessCost.now();
      change(service, lists, CHANGES);
      ProcessCost cost = ProcessCost.now().since(start).since(baseline);
      say("  %s, round %d: %s a change", what, round, cost.perEach(CHANGES));
    }
    say("  range requests meanwhile: %d", counters.ranges() - ranges);
  }

  /** Removes and restores instances, one change at a time. */
  private void change(String service, LongSupplier lists, int count) {
    for (int i = 0; i < count; i++) {
      long before = lists.getAsLong();
      int instance = i / 2 % 10;
      if (i % 2 == 0) {
        writer.delete(Instances.key(service, instance));
      } else {
        writer.put(Instances.key(service, instance), Instances.value(instance));
      }
      await(lists, before == Long.MAX_VALUE ? before : before + 1);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void manyServices() throws Exception {
    for (int i = 0; i < SERVICES; i++) {
      writer.putAll(Instances.of("service-" + i, INSTANCES / SERVICES));
    }
    say("%,d services, %,d instances in all", SERVICES, INSTANCES);
    try (TcpProxy proxy = new TcpProxy(etcd.endpoint());
        ConfigurableApplicationContext app = StarterApp.start(proxy.endpoint(), "round_robin")) {
      ProcessCost baseline = baseline("service-7");
      InstanceDirectory directory = app.getBean(InstanceDirectory.class);
      AtomicLong lists = new AtomicLong();
      AtomicLong changed = new AtomicLong();
      watchAll(directory, lists, changed);
      idle();
      changes("directory alone", "service-7", changed::get, baseline);
      for (int round = 0; round < rounds; round++) {
        resync(proxy, lists);
      }
    }
  }

  private static void watchAll(InstanceDirectory directory, AtomicLong lists, AtomicLong changed) {
    long before = ProcessCost.heapBytes();
    ProcessCost start = ProcessCost.now();
    for (int i = 0; i < SERVICES; i++) {
      directory.subscribe(
          "service-" + i,
          list -> (list.origin() == InstanceList.Origin.LIST ? lists : changed).incrementAndGet());
    }
    await(lists::get, SERVICES);
    ProcessCost cost = ProcessCost.now().since(start);
    say(
        "  all first lists: %.0f ms, %.0f ms CPU, heap held %,d kB",
        cost.wallNanos() / 1e6, cost.cpuMillis(), (ProcessCost.heapBytes() - before) / 1024);
  }

  private static void idle() {
    ProcessCost start = ProcessCost.now();
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(IDLE_SECONDS));
    say("  nothing changes: %.1f %% of a core", ProcessCost.now().since(start).percentOfACore());
  }

  private void resync(TcpProxy proxy, AtomicLong lists) throws Exception {
    // A successful list resets the back-off; cutting a young watch would measure the back-off.
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
    long ranges = counters.ranges();
    long before = lists.get();
    ProcessCost start = ProcessCost.now();
    proxy.reset();
    await(lists::get, before + SERVICES);
    ProcessCost cost = ProcessCost.now().since(start);
    say(
        "  resync after a cut: %.0f ms, %.0f ms CPU, %d range requests",
        cost.wallNanos() / 1e6, cost.cpuMillis(), counters.ranges() - ranges);
  }

  private static void await(LongSupplier counter, long target) {
    long start = System.nanoTime();
    while (counter.getAsLong() < target) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
        throw new IllegalStateException(
            "counted %d in 60 s (expected: %d)".formatted(counter.getAsLong(), target));
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
