package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real connections to three servers that can freeze and fail. */
class OutlierAvoidingLoadBalancerTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Within which a server answers that is not frozen, on a busy machine, too. */
  private static final Duration QUICK = Duration.ofSeconds(2);

  private final Map<String, FreezableServer> servers = new LinkedHashMap<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final StaticAddresses addresses =
      new StaticAddresses(
          () -> servers.values().stream().map(FreezableServer::address).toList(), context());
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
  void callsGoElsewhereWhileAnInstanceIsFrozen() {
    connect();
    FreezableServer frozen = servers.values().iterator().next();
    frozen.freeze();
    await("no call in a row of many waits in vain")
        .atMost(LIMIT)
        .until(() -> !callMany().contains("DEADLINE_EXCEEDED"));
    assertThat(callMany()).hasSize(2).doesNotContain(frozen.name());

    frozen.thaw();
    await("it is called again").atMost(LIMIT).until(() -> callMany().contains(frozen.name()));
    assertThat(callMany()).isEqualTo(servers.keySet());
  }

  @Test
  void fewCallsWaitForAFrozenInstanceUntilItCountsAsSilent() {
    connect();
    servers.values().iterator().next().freeze();
    List<ListenableFuture<GetRecommendationsResponse>> first = startMany();
    AtomicReference<ListenableFuture<?>> last = new AtomicReference<>(Futures.allAsList(first));
    await("others are preferred")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(150))
        .until(() -> last.getAndSet(Futures.allAsList(startMany())).isDone());
    assertThat(told).isEmpty();
    assertThat(first).anyMatch(call -> !call.isDone());
  }

  @Test
  void aSlowCallDoesNotCountAsSilence() {
    connect();
    ListenableFuture<GetRecommendationsResponse> slow = call(FreezableServer.SLOW, LIMIT);
    await("it has been asked many times over")
        .during(Duration.ofSeconds(4))
        .atMost(LIMIT)
        .until(() -> callMany().equals(servers.keySet()));
    assertThat(slow).isNotDone();
  }

  @Test
  void allAreCalledWhenMoreThanHalfAreSilent() {
    connect();
    List<FreezableServer> two = List.copyOf(servers.values()).subList(0, 2);
    two.forEach(FreezableServer::freeze);
    await("calls to the silent still wait")
        .during(Duration.ofSeconds(4))
        .atMost(LIMIT)
        .until(() -> callMany().contains("DEADLINE_EXCEEDED"));

    two.forEach(FreezableServer::thaw);
    await("all answer").atMost(LIMIT).until(() -> callMany().equals(servers.keySet()));
  }

  @Test
  void callsGoElsewhereWhileAnInstanceFails() {
    connect();
    FreezableServer failing = servers.values().iterator().next();
    failing.answerWith(Status.UNAVAILABLE);
    await("it is out").atMost(LIMIT).until(() -> !callMany().contains("UNAVAILABLE"));
    assertThat(told).containsExactly("x FAILING true");

    failing.answerWith(Status.OK);
    await("it is called again").atMost(LIMIT).until(() -> callMany().equals(servers.keySet()));
    assertThat(told.get(told.size() - 1)).isEqualTo("x FAILING false");
  }

  @Test
  void callsGoElsewhereWhileCallsToAnInstanceTimeOut() {
    connect();
    FreezableServer hanging = servers.values().iterator().next();
    hanging.answerNothing();
    await("it is out").atMost(LIMIT).until(() -> !callMany().contains("DEADLINE_EXCEEDED"));
    assertThat(told).contains("x FAILING true");
  }

  @Test
  void aReturningInstanceGetsOneTrialCallFirst() {
    connect();
    FreezableServer failing = servers.values().iterator().next();
    failing.answerWith(Status.UNAVAILABLE);
    await("it is out").atMost(LIMIT).until(() -> !callMany().contains("UNAVAILABLE"));
    failing.answerNothing();
    int before = failing.calls();
    await("it is back").atMost(LIMIT).until(() -> told.contains("x FAILING false"));

    assertThat(callMany()).contains("DEADLINE_EXCEEDED");
    assertThat(failing.calls() - before).isOne();
    await("it is out again")
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(told)
                    .containsExactly("x FAILING true", "x FAILING false", "x FAILING true"));
  }

  @Test
  void aBusinessErrorIsNotAFailure() {
    connect();
    FreezableServer refusing = servers.values().iterator().next();
    refusing.answerWith(Status.FAILED_PRECONDITION);
    for (int i = 0; i < 5; i++) {
      assertThat(callMany()).contains("FAILED_PRECONDITION");
    }
    assertThat(told).isEmpty();
  }

  @Test
  void atMostHalfOfTheInstancesAreEjected() {
    connect();
    servers.values().forEach(server -> server.answerWith(Status.UNAVAILABLE));
    for (int i = 0; i < 5; i++) {
      assertThat(callMany()).containsExactly("UNAVAILABLE");
    }
    await("one of three is out").atMost(LIMIT).until(() -> told.contains("x FAILING true"));
    assertThat(
            told.stream().filter("x FAILING true"::equals).count()
                - told.stream().filter("x FAILING false"::equals).count())
        .isLessThan(2);

    servers.values().forEach(server -> server.answerWith(Status.OK));
    await("all are called").atMost(LIMIT).until(() -> callMany().equals(servers.keySet()));
  }

  private void connect() {
    channel =
        NettyChannelBuilder.forTarget("static-addresses:///x")
            .usePlaintext()
            .defaultServiceConfig(
                Map.of("loadBalancingConfig", List.of(settings().around("round_robin"))))
            .build();
    await("all are called").atMost(LIMIT).until(() -> callMany().equals(servers.keySet()));
  }

  /** Which servers answered a number of calls at once, or how those failed. */
  private TreeSet<String> callMany() {
    TreeSet<String> answers = new TreeSet<>();
    startMany().forEach(call -> answers.add(answer(call)));
    return answers;
  }

  private List<ListenableFuture<GetRecommendationsResponse>> startMany() {
    return Stream.generate(() -> call("quick", QUICK)).limit(12).toList();
  }

  private ListenableFuture<GetRecommendationsResponse> call(String user, Duration deadline) {
    return RecommendationServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(user).build());
  }

  private static String answer(ListenableFuture<GetRecommendationsResponse> call) {
    try {
      return call.get().getProductIds(0);
    } catch (Exception e) {
      return Status.fromThrowable(e).getCode().name();
    }
  }

  private static BalancerSettings settings() {
    return new BalancerSettings(
        true,
        new OutlierDetection(
            true, 5, 50, 10, Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(20)));
  }

  private BalancerContext context() {
    return new BalancerContext(
        TestRecorders.of(OutcomeClassifier.standard(), System::nanoTime),
        (service, reason, avoided) -> told.add(service + " " + reason + " " + avoided));
  }
}
