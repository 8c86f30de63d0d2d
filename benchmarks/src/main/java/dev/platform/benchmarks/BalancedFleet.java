package dev.platform.benchmarks;

import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.balancer.OutlierDetection;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Servers that answer after a time, and a channel to them with one of the policies. */
final class BalancedFleet implements AutoCloseable {

  private static final GetRecommendationsRequest REQUEST =
      GetRecommendationsRequest.getDefaultInstance();

  final List<TimedServer> servers = new ArrayList<>();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final BalancedServices services = new BalancedServices();
  private final Addresses addresses;
  private final ManagedChannel channel;
  private final RecommendationServiceStub stub;

  BalancedFleet(String policy, int... millis) throws IOException {
    for (int each : millis) {
      servers.add(new TimedServer(each, timer));
    }
    CallRecorder recorder =
        new CallRecorder(
            OutcomeClassifier.standard(),
            Clock.systemUTC(),
            System::nanoTime,
            Deadline.getSystemTicker());
    BalancerSettings settings = new BalancerSettings(true, OutlierDetection.defaults());
    addresses = new Addresses(recorder);
    NameResolverRegistry.getDefaultRegistry().register(addresses);
    channel =
        NettyChannelBuilder.forTarget("fleet:///x")
            .usePlaintext()
            .executor(MoreExecutors.directExecutor())
            .intercept(recorder)
            .defaultServiceConfig(Map.of("loadBalancingConfig", List.of(settings.around(policy))))
            .build();
    stub = RecommendationServiceGrpc.newStub(channel);
  }

  /** Waits until all servers are connected. */
  void awaitConnections() throws InterruptedException {
    channel.getState(true);
    while (called() < servers.size()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private long called() {
    return services.snapshot().stream()
        .flatMap(service -> service.instances().stream())
        .filter(instance -> instance.state() == State.CALLED)
        .count();
  }

  void forgetCalls() {
    servers.forEach(TimedServer::forgetCalls);
  }

  /** The largest deviation of a server's calls from the mean, in percent. */
  double deviation() {
    double mean = servers.stream().mapToInt(TimedServer::calls).average().orElseThrow();
    return servers.stream()
        .mapToDouble(server -> Math.abs(server.calls() / mean - 1) * 100)
        .max()
        .orElseThrow();
  }

  /** Makes calls, so many at a time, each after the end of one before. */
  Samples closedLoop(int calls, int atOnce) throws InterruptedException {
    long[] times = new long[calls];
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(calls);
    for (int i = 0; i < atOnce; i++) {
      next(times, begun, done);
    }
    done.await();
    return samples(times, calls);
  }

  private void next(long[] times, AtomicInteger begun, CountDownLatch done) {
    int call = begun.getAndIncrement();
    if (call < times.length) {
      start(
          time -> {
            times[call] = time;
            next(times, begun, done);
            done.countDown();
          });
    }
  }

  /** Makes calls at a constant rate, whatever is under way. */
  Samples openLoop(int callsPerSecond, Duration time) throws InterruptedException {
    int calls = (int) (callsPerSecond * time.toMillis() / 1000);
    long[] times = new long[calls];
    CountDownLatch done = new CountDownLatch(calls);
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      int call = i;
      long wait = start + i * 1_000_000_000L / callsPerSecond - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      start(
          taken -> {
            times[call] = taken;
            done.countDown();
          });
    }
    done.await();
    return samples(times, calls);
  }

  private static Samples samples(long[] times, int count) {
    Samples samples = new Samples();
    for (int i = 0; i < count; i++) {
      samples.add(times[i]);
    }
    return samples;
  }

  private interface End {
    void after(long nanos);
  }

  private void start(End end) {
    long start = System.nanoTime();
    stub.getRecommendations(
        REQUEST,
        new StreamObserver<>() {
          @Override
          public void onNext(GetRecommendationsResponse answer) {}

          @Override
          public void onError(Throwable failure) {
            throw new IllegalStateException("a call failed", failure);
          }

          @Override
          public void onCompleted() {
            end.after(System.nanoTime() - start);
          }
        });
  }

  @Override
  public void close() {
    channel.shutdownNow();
    NameResolverRegistry.getDefaultRegistry().deregister(addresses);
    servers.forEach(TimedServer::close);
    timer.shutdownNow();
  }

  private final class Addresses extends NameResolverProvider {

    private final CallRecorder recorder;

    Addresses(CallRecorder recorder) {
      this.recorder = recorder;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public String getDefaultScheme() {
      return "fleet";
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return new NameResolver() {

        @Override
        public String getServiceAuthority() {
          return "x";
        }

        @Override
        public void start(Listener2 listener) {
          listener.onResult(
              ResolutionResult.newBuilder()
                  .setAddressesOrError(
                      StatusOr.fromValue(servers.stream().map(TimedServer::address).toList()))
                  .setAttributes(
                      Attributes.newBuilder()
                          .set(
                              BalancerContext.KEY,
                              new BalancerContext(
                                  recorder, (service, reason, avoided) -> {}, () -> "", services))
                          .build())
                  .build());
        }

        @Override
        public void shutdown() {}
      };
    }
  }
}
