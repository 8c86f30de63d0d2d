package dev.platform.core.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.discovery.DiscoverySettings;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.registry.LeaseSnapshot;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Two registered instances of a service, and a program that makes a hundred calls to them each
 * second, while something happens to etcd. Closed by its test.
 */
final class SteadyCalls implements AutoCloseable {

  static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String SERVICE = "recommendation-service";
  private static final int INSTANCES = 2;
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration TTL = Duration.ofSeconds(5);

  private final Function<PlatformBuilder, PlatformBuilder> etcd;
  private final List<Platform> servers = new ArrayList<>();
  private final List<LeaseSnapshot> registrations = new ArrayList<>();
  private final Platform caller;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong answered = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

  /**
   * @param etcd how all of them reach etcd
   */
  SteadyCalls(Function<PlatformBuilder, PlatformBuilder> etcd) throws IOException {
    this.etcd = etcd;
    this.caller = program("caller");
    try {
      for (int i = 0; i < INSTANCES; i++) {
        servers.add(serve());
      }
      await().atMost(LIMIT).until(() -> servers.stream().allMatch(SteadyCalls::isRegistered));
      servers.forEach(server -> registrations.add(server.registration()));
      ManagedChannel channel = caller.channel(SERVICE);
      var unused =
          RecommendationServiceGrpc.newBlockingStub(channel)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      awaitListed(INSTANCES);
      var stub = RecommendationServiceGrpc.newStub(channel);
      var calls =
          timer.scheduleAtFixedRate(
              () ->
                  stub.getRecommendations(
                      GetRecommendationsRequest.getDefaultInstance(), new Answer()),
              0,
              PAUSE.toMillis(),
              TimeUnit.MILLISECONDS);
      assertThat(calls.isDone()).isFalse();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /**
   * Another instance comes and goes, and the caller lists it meanwhile; then as many calls are
   * answered as in a second.
   */
  void assertFollowed() throws IOException {
    try (Platform another = serve()) {
      awaitListed(INSTANCES + 1);
      assertThat(isRegistered(another)).isTrue();
    }
    awaitListed(INSTANCES);
    long before = answered.get();
    await().atMost(LIMIT).until(() -> answered.get() >= before + 100);
    assertNothingFailed();
  }

  /** Every call was answered, and every instance still has its first lease. */
  void assertNothingFailed() {
    assertThat(failures).isEmpty();
    for (int i = 0; i < INSTANCES; i++) {
      LeaseSnapshot now = servers.get(i).registration();
      assertThat(now.isHeld()).isTrue();
      assertThat(now.leaseId()).isEqualTo(registrations.get(i).leaseId());
      assertThat(now.acquisitions()).isEqualTo(registrations.get(i).acquisitions());
    }
  }

  long answered() {
    return answered.get();
  }

  private void awaitListed(int instances) {
    await("%d instances are listed".formatted(instances))
        .atMost(LIMIT)
        .until(() -> listed().size() == instances);
  }

  private Set<Integer> listed() {
    return caller.directory().latest(SERVICE).instances().stream()
        .map(instance -> instance.address().port())
        .collect(Collectors.toSet());
  }

  private Platform serve() throws IOException {
    Platform server = program(SERVICE);
    server.serve(0, new Recommendations());
    return server;
  }

  private Platform program(String name) {
    return etcd.apply(
            Platform.builder(name)
                .advertise("127.0.0.1")
                .allowLoopback(true)
                .leaseTtl(TTL)
                .discovery(DiscoverySettings.defaults())
                .drain(new DrainSettings(Duration.ofMillis(200), Duration.ofSeconds(2)))
                .closeAtShutdown(false))
        .build();
  }

  private static boolean isRegistered(Platform platform) {
    return platform.registration().isHeld();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    caller.close();
    servers.forEach(Platform::close);
  }

  private static final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      answer.onNext(GetRecommendationsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class Answer implements StreamObserver<GetRecommendationsResponse> {

    @Override
    public void onNext(GetRecommendationsResponse answer) {
      answered.incrementAndGet();
    }

    @Override
    public void onError(Throwable failure) {
      failures.add(failure.toString());
    }

    @Override
    public void onCompleted() {}
  }
}
