package dev.platform.core.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.outcome.CallOutcome;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What an open breaker says about its next probe, in moved time. */
class ServiceBreakerTest {

  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
  private final CircuitBreaker breaker =
      CircuitBreaker.of(
          "payment-service",
          CircuitBreakerConfig.custom()
              .waitDurationInOpenState(Duration.ofSeconds(30))
              .permittedNumberOfCallsInHalfOpenState(3)
              .build());
  private final ServiceBreaker callee = new ServiceBreaker(breaker, 5, 0, nanos::get);

  @Test
  void aRejectionReportsHowLongTheBreakerStaysOpen() {
    breaker.transitionToOpenState();
    assertThat(callee.tryAcquire(Span.getInvalid())).isFalse();
    assertThat(refusal()).isEqualTo(open("next probe in 30.0 s"));

    move(Duration.ofMillis(12_345));
    assertThat(refusal()).isEqualTo(open("next probe in 17.6 s"));

    move(Duration.ofMinutes(1));
    assertThat(refusal()).isEqualTo(open("next probe in 0.0 s"));
  }

  @Test
  void theWaitStartsAgainIfTheProbesFail() {
    breaker.transitionToOpenState();
    move(Duration.ofSeconds(30));
    breaker.transitionToHalfOpenState();
    assertThat(refusal()).isEqualTo(open("probing"));

    move(Duration.ofSeconds(3));
    breaker.transitionToOpenState();
    assertThat(refusal()).isEqualTo(open("next probe in 30.0 s"));
  }

  @Test
  void trialCallsThatHangOpenItAgainAfterHalfAMinuteOfRefusedCalls() {
    halfOpen();
    for (int i = 0; i < 3; i++) {
      assertThat(callee.tryAcquire(Span.getInvalid())).isTrue();
    }
    move(Duration.ofMinutes(5));
    assertThat(callee.tryAcquire(Span.getInvalid())).isFalse();
    move(Duration.ofSeconds(29));
    assertThat(callee.tryAcquire(Span.getInvalid())).isFalse();
    assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);

    move(Duration.ofSeconds(1));
    assertThat(callee.tryAcquire(Span.getInvalid())).isFalse();
    assertThat(breaker.getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aTrialCallThatEndsGivesTheOthersTime() {
    halfOpen();
    for (int i = 0; i < 3; i++) {
      assertThat(callee.tryAcquire(Span.getInvalid())).isTrue();
    }
    assertThat(callee.tryAcquire(Span.getInvalid())).isFalse();
    move(Duration.ofSeconds(29));
    breaker.onSuccess(1, TimeUnit.MILLISECONDS);
    move(Duration.ofSeconds(29));
    assertThat(callee.tryAcquire(Span.getInvalid())).isFalse();

    assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void anOpenBreakerLetsOneCallThroughInEachInterval() {
    ServiceBreaker probed = probing();
    breaker.transitionToOpenState();
    assertThat(probed.tryProbe(Span.getInvalid())).isFalse();
    assertThat(probed.refusal().getStatus().getDescription())
        .isEqualTo(open("next probe in 0.5 s"));
    for (int i = 0; i < 3; i++) {
      move(INTERVAL);
      assertThat(probed.tryProbe(Span.getInvalid())).isTrue();
      assertThat(probed.tryProbe(Span.getInvalid())).isFalse();
      probed.probed(CallOutcome.FAILURE, Span.getInvalid(), 1);
    }
    assertThat(breaker.getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aProbeThatSucceedsMakesItHalfOpenAtOnce() {
    ServiceBreaker probed = probing();
    breaker.transitionToOpenState();
    move(INTERVAL);
    assertThat(probed.tryProbe(Span.getInvalid())).isTrue();

    probed.probed(CallOutcome.SUCCESS, Span.getInvalid(), 1);

    assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);
    assertThat(probed.tryProbe(Span.getInvalid())).as("there are trial calls now").isFalse();
  }

  @Test
  void aSlowProbeIsNoSuccess() {
    ServiceBreaker probed = probing();
    breaker.transitionToOpenState();
    move(INTERVAL);
    probed.tryProbe(Span.getInvalid());

    probed.probed(CallOutcome.SUCCESS, Span.getInvalid(), Duration.ofMinutes(2).toNanos());

    assertThat(breaker.getState()).isEqualTo(State.OPEN);
  }

  @Test
  void aProbeThatSaysNothingIsFollowedByAnotherSoon() {
    ServiceBreaker probed = probing();
    breaker.transitionToOpenState();
    move(INTERVAL);
    probed.tryProbe(Span.getInvalid());

    probed.probed(CallOutcome.IGNORED, Span.getInvalid(), 1);

    assertThat(probed.tryProbe(Span.getInvalid())).isFalse();
    move(INTERVAL.dividedBy(8));
    assertThat(probed.tryProbe(Span.getInvalid())).isTrue();
  }

  @Test
  void aClosedBreakerIsNotProbed() {
    ServiceBreaker probed = probing();
    move(INTERVAL);
    assertThat(probed.tryProbe(Span.getInvalid())).isFalse();
  }

  private ServiceBreaker probing() {
    return new ServiceBreaker(breaker, 5, INTERVAL.toNanos(), nanos::get);
  }

  private void halfOpen() {
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
  }

  private void move(Duration forward) {
    nanos.addAndGet(forward.toNanos());
  }

  private String refusal() {
    return callee.refusal().getStatus().getDescription();
  }

  private static String open(String probe) {
    return "circuit breaker is open: payment-service, " + probe;
  }
}
