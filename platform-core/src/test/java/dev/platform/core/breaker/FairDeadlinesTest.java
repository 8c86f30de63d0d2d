package dev.platform.core.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.deadline.DeadlineClientInterceptor;
import dev.platform.core.deadline.DeadlineSettings;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.ShortDeadlineException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whose failure a passed deadline is: the callee's only if it had a fair chance. On real sockets
 * and with real deadlines; the time of answers is moved.
 */
class FairDeadlinesTest {

  private final CircuitBreakerRegistry breakers =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom().slidingWindowSize(20).minimumNumberOfCalls(20).build());
  private final AtomicLong nanos = new AtomicLong();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Queue<CallOutcome> attempts = new ConcurrentLinkedQueue<>();
  private ScriptedServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
    channel = channel(true);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    timer.shutdownNow();
  }

  @Test
  void sixCallsWithTenMillisecondsLeftSayNothingAboutACalleeThatTakesFifty() {
    answers(20, Duration.ofMillis(50));
    server.silent = true;

    for (int i = 0; i < 6; i++) {
      StatusRuntimeException late = withLeft(Duration.ofMillis(10), this::ask);
      assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    assertThat(breaker().getState()).isEqualTo(State.CLOSED);
    assertThat(breaker().getMetrics().getNumberOfFailedCalls()).isZero();
    assertThat(attempts).doesNotContain(CallOutcome.FAILURE);
  }

  @Test
  void sixCallsWithTenMillisecondsLeftSayNothingAboutACalleeThatWasNeverCalled() {
    server.silent = true;

    for (int i = 0; i < 6; i++) {
      withLeft(Duration.ofMillis(10), this::ask);
    }

    assertThat(breaker().getState()).isEqualTo(State.CLOSED);
    assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
  }

  @Test
  void aCalleeThatHangsUntilTheConfiguredDeadlineOpensIt() {
    server.silent = true;

    for (int i = 0; i < 6; i++) {
      assertThat(ask().getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    assertThat(breaker().getState()).isEqualTo(State.OPEN);
    assertThat(attempts).contains(CallOutcome.FAILURE);
  }

  @Test
  void aCalleeThatHangsOpensItIfCallersLeaveItsUsualTime() {
    answers(20, Duration.ofMillis(50));
    server.silent = true;

    for (int i = 0; i < 6; i++) {
      withLeft(Duration.ofMillis(200), this::ask);
    }

    assertThat(breaker().getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aCalleeThatHangsOpensItEvenIfAllCallersLeaveALittleLessThanItsUsualTime() {
    answers(18, Duration.ofMillis(20));
    answers(2, Duration.ofMillis(450));
    server.silent = true;

    for (int i = 0; i < 12; i++) {
      assertThat(breaker().getState()).isEqualTo(State.CLOSED);
      withLeft(Duration.ofMillis(200), this::ask);
    }

    assertThat(breaker().getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aCalleeThatHasNeverAnsweredOpensItIfCallersLeaveAQuarterOfASecond() {
    server.silent = true;

    for (int i = 0; i < 10; i++) {
      withLeft(Duration.ofMillis(450), this::ask);
    }

    assertThat(breaker().getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aProbeWithTooLittleTimeNeitherOpensNorClosesIt() {
    answers(20, Duration.ofMillis(50));
    breaker().transitionToOpenState();
    breaker().transitionToHalfOpenState();
    server.silent = true;

    for (int i = 0; i < 12; i++) {
      assertThat(withLeft(Duration.ofMillis(10), this::ask).getStatus().getCode())
          .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    assertThat(breaker().getState()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void theExceptionSaysThatItDoesNotCountAndABreakerAroundAMethodIgnoresIt() {
    answers(20, Duration.ofMillis(300));
    server.silent = true;

    StatusRuntimeException late = withLeft(Duration.ofMillis(100), this::ask);

    assertThat(late).hasCauseInstanceOf(ShortDeadlineException.class);
    assertThat(late.getCause().getMessage())
        .matches(
            "\\d+ ms were left for recommendation\\.v1\\.RecommendationService/GetRecommendations,"
                + " less than it usually takes: this does not count as its failure");
    assertThat(new GrpcStatusPredicates.Ignored().test(late)).isTrue();
    assertThat(new GrpcStatusPredicates.Failures().test(late)).isFalse();
    StatusRuntimeException fair = Status.DEADLINE_EXCEEDED.asRuntimeException();
    assertThat(new GrpcStatusPredicates.Ignored().test(fair)).isFalse();
    assertThat(new GrpcStatusPredicates.Failures().test(fair)).isTrue();
  }

  @Test
  void eachDeadlineCountsIfFairnessIsOff() {
    channel.shutdownNow();
    channel = channel(false);
    server.silent = true;

    for (int i = 0; i < 10; i++) {
      withLeft(Duration.ofMillis(80), this::ask);
    }

    assertThat(breaker().getState()).isEqualTo(State.OPEN);
  }

  /** Answered calls that took so long. */
  private void answers(int count, Duration time) {
    server.silent = true;
    for (int i = 0; i < count; i++) {
      ListenableFuture<GetRecommendationsResponse> call =
          RecommendationServiceGrpc.newFutureStub(channel)
              .withDeadlineAfter(1, TimeUnit.MINUTES)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
      await().atMost(Duration.ofSeconds(20)).until(() -> !server.waiting.isEmpty());
      nanos.addAndGet(time.toNanos());
      server.answerWaiting();
      await().atMost(Duration.ofSeconds(20)).until(((Future<?>) call)::isDone);
    }
  }

  /** Makes a call for an incoming call that has so much time left. */
  private StatusRuntimeException withLeft(Duration left, Supplier<StatusRuntimeException> call) {
    try (Context.CancellableContext incoming =
        Context.current().withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS, timer)) {
      return incoming.wrap(call::get).call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private StatusRuntimeException ask() {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
  }

  private CircuitBreaker breaker() {
    return breakers.circuitBreaker(channel.authority());
  }

  private ManagedChannel channel(boolean fairChance) {
    CallRecorder recorder =
        new CallRecorder(
            OutcomeClassifier.standard(),
            Clock.systemUTC(),
            nanos::get,
            Deadline.getSystemTicker(),
            fairChance);
    DeadlineSettings deadlines =
        new DeadlineSettings(Duration.ofMillis(500), null, Map.of(), Map.of());
    ServiceBreakers callees =
        new ServiceBreakers(breakers, new CircuitBreakerSettings(Scope.SERVICE, 5), nanos::get);
    return NettyChannelBuilder.forAddress("localhost", server.port())
        .usePlaintext()
        .intercept(
            new ClientChain(
                List.of(
                    new ClientLink(ClientStage.RECORD, recorder),
                    new ClientLink(ClientStage.TELEMETRY, new Attempts()),
                    new ClientLink(ClientStage.DEADLINE, new DeadlineClientInterceptor(deadlines)),
                    new ClientLink(
                        ClientStage.CIRCUIT_BREAKER,
                        new CircuitBreakerClientInterceptor(callees)))))
        .build();
  }

  /** Records what outlier detection sees. */
  private final class Attempts implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      ClientCallRecord.of(options)
          .listen(
              new CallListener() {
                @Override
                public void attemptEnded(AttemptRecord attempt) {
                  attempts.add(attempt.outcome());
                }
              });
      return next.newCall(method, options);
    }
  }
}
