package dev.platform.core.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.LogLines;
import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.Rejection;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When breakers open, what callers are told then, and what leaves them closed; on real sockets. */
class ServiceBreakersTest {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final CircuitBreakerRegistry breakers =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom()
              .slidingWindowSize(20)
              .minimumNumberOfCalls(20)
              .failureRateThreshold(50)
              .waitDurationInOpenState(Duration.ofSeconds(30))
              .permittedNumberOfCallsInHalfOpenState(3)
              .build());
  private final List<ManagedChannel> channels = new ArrayList<>();
  private ScriptedServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
  }

  @Test
  void moreThanFiveConsecutiveFailuresOpenItRegardlessOfTheWindow() {
    ManagedChannel channel = channel(Scope.SERVICE);
    server.status = Status.OK;
    for (int i = 0; i < 15; i++) {
      ask(channel);
    }
    server.status = Status.INTERNAL;
    for (int i = 0; i < 6; i++) {
      assertThat(only().getState()).isEqualTo(State.CLOSED);
      ask(channel);
    }
    assertThat(only().getState()).isEqualTo(State.OPEN);
    assertThat(log.text())
        .containsOnlyOnce(only().getName() + ": CLOSED -> OPEN, 6 consecutive failures, 30 % of");
  }

  @Test
  void callsStartedBeforeTheLastSuccessAreNotConsecutive() {
    ManagedChannel channel = channel(Scope.SERVICE);
    server.silent = true;
    List<ListenableFuture<GetRecommendationsResponse>> hanging = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      hanging.add(
          RecommendationServiceGrpc.newFutureStub(channel)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> server.waiting.size() == 8);
    server.silent = false;
    ask(channel);

    server.waiting.forEach(call -> call.onError(Status.DEADLINE_EXCEEDED.asRuntimeException()));
    await().atMost(Duration.ofSeconds(20)).until(() -> hanging.stream().allMatch(Future::isDone));

    assertThat(only().getState()).isEqualTo(State.CLOSED);
    assertThat(only().getMetrics().getNumberOfFailedCalls()).isEqualTo(8);
  }

  @Test
  void failuresInHalfOfTheWindowOpenItEvenIfNotConsecutive() {
    ManagedChannel channel = channel(Scope.SERVICE);
    for (int i = 0; i < 20; i++) {
      assertThat(only(channel).getState()).isEqualTo(State.CLOSED);
      server.status = i % 2 == 0 ? Status.UNAVAILABLE : Status.OK;
      ask(channel);
    }
    assertThat(only().getState()).isEqualTo(State.OPEN);
  }

  @Test
  void whileOpenCallsAreRejectedWithTheTimeOfTheNextProbe() {
    ManagedChannel channel = channel(Scope.SERVICE);
    only(channel).transitionToOpenState();
    StatusRuntimeException refused = ask(channel);
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refused.getStatus().getDescription())
        .matches("circuit breaker is open: localhost:\\d+, next probe in (30\\.0|29\\.\\d) s");
    assertThat(refused.getStatus().getCause()).isInstanceOf(CallNotPermittedException.class);
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.CIRCUIT_BREAKER);
    assertThat(server.calls).hasValue(0);
  }

  @Test
  void aProbeThroughAnOpenBreakerIsNotCountedAndItsSuccessLeadsToTrialCalls() {
    AtomicLong nanos = new AtomicLong(1);
    Duration interval = Duration.ofMillis(500);
    ManagedChannel channel =
        channel(
            new CircuitBreakerSettings(Scope.SERVICE, 5, interval),
            OutcomeClassifier.standard(),
            nanos::get);
    only(channel).transitionToOpenState();
    server.status = Status.UNAVAILABLE;
    nanos.addAndGet(interval.toNanos());
    ask(channel);
    ask(channel);
    assertThat(server.calls).as("the second one is refused").hasValue(1);
    assertThat(only().getState()).isEqualTo(State.OPEN);

    server.status = Status.OK;
    nanos.addAndGet(interval.toNanos());
    ask(channel);
    assertThat(only().getState()).isEqualTo(State.HALF_OPEN);
    for (int i = 0; i < 3; i++) {
      ask(channel);
    }
    assertThat(only().getState()).isEqualTo(State.CLOSED);
    assertThat(server.calls).hasValue(5);
  }

  @Test
  void threeSuccessfulProbesCloseIt() {
    ManagedChannel channel = channel(Scope.SERVICE);
    only(channel).transitionToOpenState();
    only().transitionToHalfOpenState();
    for (int i = 0; i < 3; i++) {
      assertThat(only().getState()).isEqualTo(State.HALF_OPEN);
      ask(channel);
    }
    assertThat(only().getState()).isEqualTo(State.CLOSED);
  }

  @Test
  void cancelledProbesReleaseTheirPermission() {
    ManagedChannel channel = channel(Scope.SERVICE);
    only(channel).transitionToOpenState();
    only().transitionToHalfOpenState();
    server.silent = true;
    for (int i = 1; i <= 6; i++) {
      int sent = i;
      ListenableFuture<GetRecommendationsResponse> probe =
          RecommendationServiceGrpc.newFutureStub(channel)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      await().untilAsserted(() -> assertThat(server.calls).hasValue(sent));
      probe.cancel(true);
    }
    assertThat(only().getState()).isEqualTo(State.HALF_OPEN);
    assertThat(only().getMetrics().getNumberOfBufferedCalls()).isZero();
  }

  @Test
  void aStreamIsASuccessfulProbeFromItsFirstMessage() {
    ManagedChannel channel = channel(Scope.SERVICE);
    only(channel).transitionToOpenState();
    only().transitionToHalfOpenState();
    server.endless = true;
    List<Iterator<ListProductsResponse>> streams = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertThat(only().getState()).isEqualTo(State.HALF_OPEN);
      Iterator<ListProductsResponse> stream =
          ProductServiceGrpc.newBlockingStub(channel)
              .listProducts(ListProductsRequest.getDefaultInstance());
      stream.next();
      streams.add(stream);
    }
    assertThat(only().getState()).isEqualTo(State.CLOSED);
    assertThat(ask(channel)).isNull();
    server.waiting.forEach(StreamObserver::onCompleted);
    assertThat(streams).allMatch(stream -> !stream.hasNext());
    assertThat(only().getMetrics().getNumberOfBufferedCalls()).isEqualTo(1);
  }

  @Test
  void aProbeCancelledBeforeItStartsReleasesItsPermission() {
    ManagedChannel channel = channel(Scope.SERVICE);
    only(channel).transitionToOpenState();
    only().transitionToHalfOpenState();
    for (int i = 0; i < 4; i++) {
      ClientCall<GetRecommendationsRequest, GetRecommendationsResponse> call =
          channel.newCall(
              RecommendationServiceGrpc.getGetRecommendationsMethod(), CallOptions.DEFAULT);
      call.cancel("not wanted any more", null);
      try {
        call.start(new ClientCall.Listener<>() {}, new Metadata());
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("call was cancelled");
      }
    }
    // A channel that is resolving its name cancels its calls later.
    await().untilAsserted(() -> assertThat(ask(channel)).isNull());
  }

  @Test
  void callsExpiredBeforeSendingAreIgnored() {
    ManagedChannel channel = channel(Scope.SERVICE);
    for (int i = 0; i < 10; i++) {
      StatusRuntimeException late =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () ->
                  RecommendationServiceGrpc.newBlockingStub(channel)
                      .withDeadlineAfter(-1, TimeUnit.SECONDS)
                      .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
      assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
    assertThat(only(channel).getState()).isEqualTo(State.CLOSED);
    assertThat(only().getMetrics().getNumberOfBufferedCalls()).isZero();
    assertThat(server.calls).hasValue(0);
  }

  @Test
  void downstreamRejectionsAndBusinessErrorsLeaveItClosed() {
    ManagedChannel channel = channel(Scope.SERVICE);
    server.status = Status.FAILED_PRECONDITION;
    for (int i = 0; i < 10; i++) {
      ask(channel);
    }
    assertThat(only().getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(10);
    server.status = Status.UNAVAILABLE;
    server.trailers = Rejection.CIRCUIT_BREAKER.trailers();
    for (int i = 0; i < 10; i++) {
      ask(channel);
    }
    assertThat(only().getState()).isEqualTo(State.CLOSED);
    assertThat(only().getMetrics().getNumberOfBufferedCalls()).isEqualTo(10);
  }

  @Test
  void eachMethodHasItsOwnIfConfigured() {
    ManagedChannel channel = channel(Scope.METHOD);
    server.status = Status.UNAVAILABLE;
    for (int i = 0; i < 6; i++) {
      ask(channel);
    }
    StatusRuntimeException refused = ask(channel);
    assertThat(refused.getStatus().getDescription())
        .contains("/recommendation.v1.RecommendationService/GetRecommendations, next probe");
    server.status = Status.OK;
    assertThat(list(channel)).isNull();
  }

  @Test
  void aStreamCountsOnceAtItsEndAndIsNeverSlow() {
    breakers.circuitBreaker(
        "localhost:" + server.port(),
        CircuitBreakerConfig.custom().slowCallDurationThreshold(Duration.ofNanos(1)).build());
    ManagedChannel channel = channel(Scope.SERVICE);
    list(channel);
    ask(channel);
    CircuitBreaker.Metrics metrics = only().getMetrics();
    assertThat(metrics.getNumberOfSuccessfulCalls()).isEqualTo(2);
    assertThat(metrics.getNumberOfSlowCalls()).isEqualTo(1);
  }

  @Test
  void aCustomClassifierDecidesTheOutcome() {
    OutcomeClassifier strict =
        (status, trailers) -> status.isOk() ? CallOutcome.SUCCESS : CallOutcome.FAILURE;
    ManagedChannel channel = channel(Scope.SERVICE, strict);
    server.status = Status.NOT_FOUND;
    for (int i = 0; i < 6; i++) {
      ask(channel);
    }
    assertThat(only().getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aCallIsCountedOnlyByTheEnclosingBreakerOfTheSameName() {
    ManagedChannel channel = channel(Scope.SERVICE);
    server.status = Status.UNAVAILABLE;
    EnclosingBreakers inside = EnclosingBreakers.enter(channel.authority());
    ask(channel);
    Context handedOn = Context.current();
    inside.leave();
    CompletableFuture.runAsync(() -> handedOn.run(() -> ask(channel))).join();
    assertThat(only(channel).getMetrics().getNumberOfBufferedCalls()).isZero();

    ask(channel);
    assertThat(only().getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    inside.end();
    handedOn.run(() -> ask(channel));
    assertThat(only().getMetrics().getNumberOfFailedCalls()).isEqualTo(2);
  }

  private ManagedChannel channel(Scope scope) {
    return channel(scope, OutcomeClassifier.standard());
  }

  private ManagedChannel channel(Scope scope, OutcomeClassifier outcomes) {
    return channel(new CircuitBreakerSettings(scope, 5), outcomes, System::nanoTime);
  }

  private ManagedChannel channel(
      CircuitBreakerSettings settings, OutcomeClassifier outcomes, LongSupplier nanoTime) {
    ServiceBreakers callees = new ServiceBreakers(breakers, settings, nanoTime);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.port())
            .usePlaintext()
            .intercept(
                new ClientChain(
                    List.of(
                        new ClientLink(ClientStage.RECORD, TestRecorders.of(outcomes, nanoTime)),
                        new ClientLink(
                            ClientStage.CIRCUIT_BREAKER,
                            new CircuitBreakerClientInterceptor(callees)))))
            .build();
    channels.add(channel);
    return channel;
  }

  private CircuitBreaker only(ManagedChannel channel) {
    return breakers.circuitBreaker(channel.authority());
  }

  private CircuitBreaker only() {
    return only(channels.get(0));
  }

  /** How it ended; null when it was answered. */
  private static StatusRuntimeException ask(ManagedChannel channel) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
  }

  private static StatusRuntimeException list(ManagedChannel channel) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            ProductServiceGrpc.newBlockingStub(channel)
                .listProducts(ListProductsRequest.getDefaultInstance())
                .forEachRemaining(product -> {}));
  }
}
