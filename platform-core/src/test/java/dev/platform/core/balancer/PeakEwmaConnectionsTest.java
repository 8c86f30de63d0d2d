package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real connections to three servers that can freeze and fail. */
class PeakEwmaConnectionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Map<String, FreezableServer> servers = new LinkedHashMap<>();
  private final AtomicLong moved = new AtomicLong();
  private final CallRecorder recorder =
      TestRecorders.of(OutcomeClassifier.standard(), () -> System.nanoTime() + moved.get());
  private final BalancedServices services = new BalancedServices();
  private final StaticAddresses addresses =
      new StaticAddresses(
          () -> servers.values().stream().map(FreezableServer::address).toList(),
          new BalancerContext(recorder, (service, reason, avoided) -> {}, () -> "", services));
  private ManagedChannel channel;

  @BeforeEach
  void open() throws Exception {
    for (int i = 0; i < 3; i++) {
      FreezableServer server = new FreezableServer();
      servers.put(server.name(), server);
    }
    NameResolverRegistry.getDefaultRegistry().register(addresses);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    NameResolverRegistry.getDefaultRegistry().deregister(addresses);
    servers.values().forEach(FreezableServer::close);
  }

  @Test
  void allAreCalledAndSeen() {
    connect(Map.of());
    assertThat(services.snapshot())
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.service()).isEqualTo("x");
              assertThat(service.policy()).isEqualTo("peak_ewma");
              assertThat(service.instances())
                  .extracting(BalancedInstance::address)
                  .containsExactlyInAnyOrderElementsOf(
                      servers.keySet().stream().map("127.0.0.1:"::concat).toList());
              assertThat(service.instances())
                  .allSatisfy(
                      instance -> {
                        assertThat(instance.state()).isEqualTo(State.CALLED);
                        assertThat(instance.latencyMillis()).isPositive();
                        assertThat(instance.calls()).isZero();
                        assertThat(instance.weight()).isEqualTo(100);
                      });
            });
    channel.shutdownNow();
    await("it is seen no more").atMost(LIMIT).until(() -> services.snapshot().isEmpty());
  }

  @Test
  void aFrozenInstanceGetsFewCallsEvenBeforeItCountsAsSilent() {
    connect(Map.of());
    FreezableServer frozen = servers.values().iterator().next();
    frozen.freeze();
    List<ListenableFuture<GetRecommendationsResponse>> first = startMany();
    await("its calls are old").atMost(LIMIT).until(() -> waitsFor(frozen) > 64);
    List<ListenableFuture<GetRecommendationsResponse>> second = startMany();
    await("none of these waits")
        .atMost(LIMIT)
        .until(() -> second.stream().allMatch(c -> c.isDone()));
    assertThat(first).anyMatch(call -> !call.isDone());

    await("it is silent").atMost(LIMIT).until(() -> state(frozen) == State.SILENT);
    frozen.thaw();
    await("it is called again").atMost(LIMIT).until(() -> callMany().containsKey(frozen.name()));
  }

  @Test
  void aFailingInstanceIsTriedSeldomBeforeItIsEjectedAndReturns() {
    connect(Map.of());
    FreezableServer failing = servers.values().iterator().next();
    failing.answerWith(Status.UNAVAILABLE);
    await("it is out").atMost(LIMIT).until(() -> !callMany().containsKey("UNAVAILABLE"));
    int failed = 0;
    for (int i = 0; i < 10; i++) {
      failed += callMany().getOrDefault("UNAVAILABLE", 0);
    }
    // A third of 120 without the balancer. Its estimate decays with time, so a slow machine tries
    // it more often.
    assertThat(failed).isLessThan(12);
    failing.answerWith(Status.OK);
    moved.addAndGet(Duration.ofMinutes(1).toNanos());
    await("it is called again").atMost(LIMIT).until(() -> callMany().containsKey(failing.name()));
  }

  @Test
  void aServerThatEndsGetsNoCallsAndFailsNone() {
    connect(Map.of());
    FreezableServer ended = servers.values().iterator().next();
    String name = ended.name();
    ended.close();
    await("it is out").atMost(LIMIT).until(() -> instance(name).state() != State.CALLED);
    assertThat(callMany()).doesNotContainKeys(name, "UNAVAILABLE");
  }

  @Test
  void theServiceConfigsHealthCheckKeepsUnhealthyInstancesOut() {
    FreezableServer unhealthy = servers.values().iterator().next();
    unhealthy.health().setStatus("shop", ServingStatus.NOT_SERVING);
    servers.values().stream()
        .skip(1)
        .forEach(server -> server.health().setStatus("shop", ServingStatus.SERVING));
    channel = channel(Map.of("healthCheckConfig", Map.of("serviceName", "shop")));
    await("two are called").atMost(LIMIT).until(() -> callMany().size() == 2);
    assertThat(callMany()).doesNotContainKey(unhealthy.name());
    assertThat(services.snapshot().get(0).instances())
        .as("health checks leave the balancer its view")
        .anyMatch(instance -> instance.latencyMillis() != null);

    unhealthy.health().setStatus("shop", ServingStatus.SERVING);
    await("all are called").atMost(LIMIT).until(() -> callMany().keySet().equals(servers.keySet()));
  }

  @Test
  void outsideOfThePlatformCallsFailWithTheReason() {
    channel =
        NettyChannelBuilder.forTarget("dns:///localhost:1")
            .usePlaintext()
            .defaultServiceConfig(
                Map.of("loadBalancingConfig", List.of(Map.of("peak_ewma", Map.of()))))
            .build();
    assertThatThrownBy(
            () ->
                RecommendationServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage(
            "UNAVAILABLE: the policy peak_ewma works inside of platform_usable_instances only,"
                + " where the platform's name resolvers put it");
  }

  private void connect(Map<String, ?> more) {
    channel = channel(more);
    await("all are called").atMost(LIMIT).until(() -> callMany().keySet().equals(servers.keySet()));
  }

  private ManagedChannel channel(Map<String, ?> more) {
    Map<String, Object> config = new LinkedHashMap<>(more);
    BalancerSettings settings =
        new BalancerSettings(true, OutlierDetection.defaults(), Duration.ZERO);
    config.put("loadBalancingConfig", List.of(settings.around("peak_ewma")));
    return NettyChannelBuilder.forTarget("static-addresses:///x")
        .usePlaintext()
        .intercept(recorder)
        .defaultServiceConfig(config)
        .build();
  }

  /** How many of a number of calls at once each server answered, or failed how. */
  private Map<String, Integer> callMany() {
    Map<String, Integer> answers = new TreeMap<>();
    startMany().forEach(call -> answers.merge(answer(call), 1, Integer::sum));
    return answers;
  }

  private List<ListenableFuture<GetRecommendationsResponse>> startMany() {
    return Stream.generate(this::call).limit(12).toList();
  }

  private ListenableFuture<GetRecommendationsResponse> call() {
    return RecommendationServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId("quick").build());
  }

  private static String answer(ListenableFuture<GetRecommendationsResponse> call) {
    try {
      return call.get().getProductIds(0);
    } catch (Exception e) {
      return Status.fromThrowable(e).getCode().name();
    }
  }

  private State state(FreezableServer server) {
    return instance(server.name()).state();
  }

  private double waitsFor(FreezableServer server) {
    return instance(server.name()).slowness();
  }

  private BalancedInstance instance(String name) {
    return services.snapshot().get(0).instances().stream()
        .filter(instance -> instance.address().endsWith(":" + name))
        .findFirst()
        .orElseThrow();
  }
}
