package dev.platform.benchmarks;

import dev.platform.starter.test.etcd.EtcdServer;
import io.etcd.jetcd.api.Event;
import io.grpc.CallOptions;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The time until a change reaches a client's load balancer. Beside one permanent instance, a bare
 * etcd client puts and deletes a second one repeatedly, and a third registers and deregisters
 * through the starter; all are real servers. Each change has three times, from just before the
 * request: until a bare watch saw it, until the balancer got the list, until calls are (or are no
 * longer) routed to the instance.
 */
public final class PropagationBenchmark {

  private static final String PREFIX = "/services/bench/";
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private PropagationBenchmark() {}

  /**
   * @param args the number of changes of each kind (default 1000), rounds (default 3)
   */
  public static void main(String[] args) throws Exception {
    int changes = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    System.out.println(
        "| etcd, change | raw p50 | p99 | max | to balancer p50 | p99 | max"
            + " | routed p50 | p99 | max | balancer/raw p50 | p99 | routed p99 allowed |");
    Map<Servers, Changes> all = new EnumMap<>(Servers.class);
    for (int round = 0; round < rounds; round++) {
      for (Servers kind : Servers.values()) {
        try (EtcdServer etcd = kind.start();
            Run run = new Run(etcd)) {
          run.measure(changes / 2, new Changes());
          Changes measured = run.measure(changes, new Changes());
          System.out.println(measured.rows(kind));
          all.computeIfAbsent(kind, unused -> new Changes()).addAll(measured);
        }
      }
    }
    System.out.println();
    System.out.println("| all rounds, how many took at most | " + Samples.BUCKETS + " | longer |");
    all.forEach((kind, measured) -> System.out.println(measured.histograms(kind)));
    System.exit(0);
  }

  /** A kind of change, and its measurements. */
  private static final class Change {
    final Samples raw = new Samples();
    final Samples balancer = new Samples();
    final Samples routed = new Samples();

    void addAll(Change other) {
      raw.addAll(other.raw);
      balancer.addAll(other.balancer);
      routed.addAll(other.routed);
    }
  }

  private record Changes(Change puts, Change deletes, Change registrations, Change departures) {

    Changes() {
      this(new Change(), new Change(), new Change(), new Change());
    }

    void addAll(Changes other) {
      puts.addAll(other.puts);
      deletes.addAll(other.deletes);
      registrations.addAll(other.registrations);
      departures.addAll(other.departures);
    }

    /** The limit is relative to etcd's own latency: a bare put or delete of the same run. */
    String rows(Servers kind) {
      return String.join(
          "\n",
          row(kind, "put", puts, puts),
          row(kind, "delete", deletes, deletes),
          row(kind, "registration", registrations, puts),
          row(kind, "departure", departures, deletes));
    }

    String histograms(Servers kind) {
      return String.join(
          "\n",
          histogram(kind, "put, raw", puts.raw),
          histogram(kind, "delete, raw", deletes.raw),
          histogram(kind, "registration to routed", registrations.routed),
          histogram(kind, "departure to no longer routed", departures.routed));
    }

    private static String histogram(Servers kind, String name, Samples samples) {
      return "| %s | %s |".formatted(label(kind, name), samples.histogram());
    }

    private static String label(Servers kind, String name) {
      return kind.name().toLowerCase(Locale.ROOT) + ", " + name;
    }

    private static String row(Servers kind, String name, Change change, Change bare) {
      return String.format(
          Locale.ROOT,
          "| %s | %s | %s | %s | %.1f | %.1f | %.2f |",
          label(kind, name),
          change.raw.cells(),
          change.balancer.cells(),
          change.routed.cells(),
          change.balancer.millis(50) / change.raw.millis(50),
          change.balancer.millis(99) / change.raw.millis(99),
          2 * bare.raw.millis(99) + 10);
    }
  }

  private static final class Run implements WatchedPolicy.Observer, AutoCloseable {

    private final Server stays = server();
    private final Server changes = server();
    private final String key = PREFIX + address(changes);
    private final Semaphore moments = new Semaphore(0);
    private final WatchedPolicy policy = new WatchedPolicy(this);
    private final EtcdWriter writer;
    private final RawWatch raw;
    private final ConfigurableApplicationContext app;
    private final RegisteringApp registering;
    private final ManagedChannel channel;

    // Written by the thread that observes the change, read after the semaphore was acquired.
    private volatile boolean expected = true;
    private volatile int port;
    private volatile long rawAt;
    private volatile long balancerAt;
    private volatile long routedAt;

    Run(EtcdServer etcd) throws IOException {
      LoadBalancerRegistry.getDefaultRegistry().register(policy);
      writer = new EtcdWriter(etcd.endpoint());
      writer.put(PREFIX + address(stays), address(stays));
      registering = new RegisteringApp(etcd.endpoint());
      registering.leave();
      raw = new RawWatch(etcd.endpoint(), PREFIX, this::rawEvent);
      app = StarterApp.start(etcd.endpoint(), WatchedPolicy.NAME);
      channel =
          Grpc.newChannelBuilder("etcd:///bench", InsecureChannelCredentials.create()).build();
      channel.getState(true);
    }

    Changes measure(int count, Changes measured) throws InterruptedException {
      for (int i = 0; i < count; i++) {
        port = changes.getPort();
        change(true, () -> writer.put(key, address(changes)), measured.puts);
        change(false, () -> writer.delete(key), measured.deletes);
        port = registering.port();
        change(true, registering::register, measured.registrations);
        change(false, registering::leave, measured.departures);
      }
      return measured;
    }

    private void change(boolean there, Runnable action, Change measured)
        throws InterruptedException {
      LockSupport.parkNanos(PAUSE_NANOS);
      expected = there;
      rawAt = 0;
      balancerAt = 0;
      routedAt = 0;
      long start = System.nanoTime();
      action.run();
      if (!moments.tryAcquire(3, 10, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the change was not seen by all: raw %d, balancer %d, routed %d"
                .formatted(rawAt, balancerAt, routedAt));
      }
      measured.raw.add(rawAt - start);
      measured.balancer.add(balancerAt - start);
      measured.routed.add(routedAt - start);
    }

    private void rawEvent(Event event) {
      boolean there =
          event.getType() == Event.EventType.PUT
              && !event.getKv().getValue().toStringUtf8().contains("OUT_OF_SERVICE");
      if (rawAt == 0 && there == expected) {
        rawAt = System.nanoTime();
        moments.release();
      }
    }

    @Override
    public void given(List<EquivalentAddressGroup> addresses) {
      if (balancerAt == 0 && (addresses.size() == 2) == expected) {
        balancerAt = System.nanoTime();
        moments.release();
      }
    }

    @Override
    public void picks(LoadBalancer.SubchannelPicker picker) {
      if (routedAt != 0 || balancerAt == 0) {
        return;
      }
      long now = System.nanoTime();
      Set<Integer> ports = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        LoadBalancer.Subchannel picked = picker.pickSubchannel(new AnyCall()).getSubchannel();
        if (picked != null) {
          var address = (InetSocketAddress) picked.getAllAddresses().get(0).getAddresses().get(0);
          ports.add(address.getPort());
        }
      }
      if (!ports.isEmpty() && ports.contains(port) == expected) {
        routedAt = now;
        moments.release();
      }
    }

    @Override
    public void close() {
      channel.shutdownNow();
      app.close();
      raw.close();
      registering.close();
      writer.close();
      LoadBalancerRegistry.getDefaultRegistry().deregister(policy);
      stays.shutdownNow();
      changes.shutdownNow();
    }

    private static Server server() throws IOException {
      return NettyServerBuilder.forAddress(
              new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
          .build()
          .start();
    }

    private static String address(Server server) {
      return "127.0.0.1:" + server.getPort();
    }
  }

  /** A call for testing a picker. */
  private static final class AnyCall extends LoadBalancer.PickSubchannelArgs {

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return new Metadata();
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return HealthGrpc.getCheckMethod();
    }
  }
}
