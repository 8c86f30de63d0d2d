package dev.platform.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.breaker.CircuitBreakerSettings;
import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import dev.platform.core.drain.DrainSettings;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.grpc.Channel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client calls a, a calls b, b calls a leaf; each makes up to three attempts. The leaf is dead
 * for a time: how many attempts reach it, and when do all calls succeed again?
 */
final class HopsBenchmark {

  private static final int PER_SECOND = 50;
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private static final Duration BEFORE = Duration.ofSeconds(10);
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration AFTER = Duration.ofSeconds(35);

  /** What the circuit breakers of all hops do. */
  private enum Breakers {
    ON,
    WITHOUT_PROBES,
    OFF;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** How the leaf is dead. */
  private enum Death {
    /** It answers UNAVAILABLE. */
    REFUSES,
    /** Its process is gone, and after the time of its lease it is not listed any more. */
    GONE
  }

  private final EmbeddedEtcd etcd = EmbeddedEtcd.builder().build();
  private final List<Platform> platforms = new ArrayList<>();
  private final Leaf leaf = new Leaf();

  /** Null before the first start. */
  private @Nullable Server leafServer;

  private HopsBenchmark() {
    etcd.start();
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
    print(
        "| leaf, dead for %d s | breakers | attempts at it for each call | all well after, ms |",
        seconds);
    print("|---|---|---|---|");
    for (Breakers breakers : Breakers.values()) {
      for (Death death : Death.values()) {
        HopsBenchmark hops = new HopsBenchmark();
        try {
          hops.run(death, breakers, Duration.ofSeconds(seconds));
        } finally {
          hops.close();
        }
      }
    }
    System.exit(0);
  }

  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }

  private Server leaf() {
    return Objects.requireNonNull(leafServer, "the leaf has been started");
  }

  private void run(Death death, Breakers breakers, Duration dead) throws Exception {
    startLeaf(0);
    int port = leaf().getPort();
    String address = "127.0.0.1:" + port;
    register(address, "first");
    ProductServiceBlockingStub toLeaf = stub(platform("b", breakers).channel("leaf"));
    platforms.get(0).serve(0, new Hop(toLeaf));
    ProductServiceBlockingStub toB = stub(platform("a", breakers).channel("b"));
    platforms.get(1).serve(0, new Hop(toB));
    ProductServiceFutureStub root =
        ProductServiceGrpc.newFutureStub(platform("client", breakers).channel("a"));
    while (failures(load(root, Duration.ofSeconds(1))) > 0) {
      LockSupport.parkNanos(DEADLINE.toNanos());
    }
    load(root, BEFORE);

    int before = leaf.attempts.get();
    if (death == Death.REFUSES) {
      leaf.refuses = true;
    } else {
      leaf().shutdownNow().awaitTermination();
    }
    List<Call> during = load(root, death == Death.GONE ? LEASE : dead);
    if (death == Death.GONE) {
      etcd.delete("/services/leaf/" + address);
      during.addAll(load(root, dead.minus(LEASE)));
    }
    int attempts = leaf.attempts.get() - before;
    if (death == Death.REFUSES) {
      leaf.refuses = false;
    } else {
      startLeaf(port);
      register(address, "second");
    }
    List<Call> after = load(root, AFTER);
    await(during);
    await(after);
    print(
        "| %s | %s | %s | %.0f |",
        death == Death.REFUSES ? "answers `UNAVAILABLE`" : "is gone",
        breakers.text,
        death == Death.REFUSES
            ? String.format(Locale.ROOT, "%.2f", attempts / (double) during.size())
            : "–",
        allWellAfterMillis(after));
  }

  /** A call and when it was begun. */
  private record Call(long begunAt, ListenableFuture<GetProductResponse> answer) {

    boolean failed() {
      try {
        answer.get();
        return false;
      } catch (Exception e) {
        return true;
      }
    }
  }

  private static List<Call> load(ProductServiceFutureStub stub, Duration time) {
    List<Call> calls = new ArrayList<>();
    long start = System.nanoTime();
    long pause = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    for (long at = start; at - start < time.toNanos(); at += pause) {
      LockSupport.parkNanos(at - System.nanoTime());
      calls.add(
          new Call(
              at,
              stub.withDeadlineAfter(DEADLINE.toNanos(), TimeUnit.NANOSECONDS)
                  .getProduct(GetProductRequest.getDefaultInstance())));
    }
    return calls;
  }

  private static void await(List<Call> calls) {
    calls.forEach(Call::failed);
  }

  private static long failures(List<Call> calls) {
    return calls.stream().filter(Call::failed).count();
  }

  /** Until the first second in which all calls succeed. */
  private static double allWellAfterMillis(List<Call> calls) {
    int well = 0;
    for (int i = 0; i < calls.size(); i++) {
      well = calls.get(i).failed() ? 0 : well + 1;
      if (well == PER_SECOND) {
        return (calls.get(i - well + 1).begunAt - calls.get(0).begunAt) / 1e6;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** As an instance does that has just started. */
  private void register(String address, String instance) {
    etcd.put(
        "/services/leaf/" + address,
        "{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":{\"instance-id\":\"%s\"}}"
            .formatted(address, instance));
  }

  private void startLeaf(int port) throws IOException {
    leafServer =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .addService(leaf)
            .build()
            .start();
  }

  private Platform platform(String name, Breakers breakers) {
    PlatformBuilder builder =
        Platform.builder(name)
            .etcdEndpoints(etcd.endpoint().toString())
            .advertise("127.0.0.1")
            .drain(new DrainSettings(Duration.ZERO, Duration.ofSeconds(1)))
            .closeAtShutdown(false);
    if (breakers != Breakers.ON) {
      builder.circuitBreakers(
          new CircuitBreakerSettings(Scope.SERVICE, breakers == Breakers.OFF ? 0 : 5));
    }
    if (breakers == Breakers.OFF) {
      builder.circuitBreakerConfig(
          CircuitBreakerConfig.custom()
              .slidingWindow(10, Integer.MAX_VALUE, SlidingWindowType.TIME_BASED)
              .build());
    }
    Platform platform = builder.build();
    platforms.add(platform);
    return platform;
  }

  private static ProductServiceBlockingStub stub(Channel channel) {
    return ProductServiceGrpc.newBlockingStub(channel);
  }

  private void close() {
    platforms.forEach(Platform::close);
    if (leafServer != null) {
      leafServer.shutdownNow();
    }
    etcd.close();
  }

  private static final class Hop extends ProductServiceImplBase {

    private final ProductServiceBlockingStub next;

    Hop(ProductServiceBlockingStub next) {
      this.next = next;
    }

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      try {
        answer.onNext(next.getProduct(request));
        answer.onCompleted();
      } catch (StatusRuntimeException e) {
        answer.onError(e);
      }
    }
  }

  private static final class Leaf extends ProductServiceImplBase {

    private final AtomicInteger attempts = new AtomicInteger();
    private volatile boolean refuses;

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      attempts.incrementAndGet();
      if (refuses) {
        answer.onError(Status.UNAVAILABLE.asRuntimeException());
      } else {
        answer.onNext(GetProductResponse.getDefaultInstance());
        answer.onCompleted();
      }
    }
  }
}
