package dev.platform.core.breaker;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.collide;
import static dev.platform.core.interleaving.Interleavings.stress;

import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.call.TestCalls;
import dev.platform.core.outcome.CallOutcome;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Lincheck changes the hash codes by which Resilience4j finds its transitions. */
class ServiceBreakerInterleavingsTest {

  private static final CircuitBreakerConfig CONFIG =
      CircuitBreakerConfig.custom()
          .slidingWindowSize(10)
          .minimumNumberOfCalls(10)
          .permittedNumberOfCallsInHalfOpenState(2)
          .build();

  @Test
  void consecutiveFailuresThatEndAtOnceOpenItOnce() {
    stress(
        () -> {
          CircuitBreaker breaker = CircuitBreaker.of("test-service", CONFIG);
          ServiceBreaker callee = new ServiceBreaker(breaker, 1, 0, () -> 0);
          AtomicInteger transitions = new AtomicInteger();
          breaker.getEventPublisher().onStateTransition(event -> transitions.incrementAndGet());
          CallRecorder recorder = TestCalls.recorder(() -> 0);
          ClientCallRecord failed = TestCalls.ended(recorder, Status.UNAVAILABLE);
          Runnable failing = () -> callee.ended(CallOutcome.FAILURE, failed, 1);
          collide(failing, failing);
          check(breaker.getState() == State.OPEN, "it is " + breaker.getState());
          check(transitions.get() == 1, "transitions: " + transitions);
        });
  }

  @Test
  void oneProbeGoesThroughAnOpenBreakerInEachInterval() {
    stress(
        () -> {
          CircuitBreaker breaker = CircuitBreaker.of("test-service", CONFIG);
          AtomicInteger now = new AtomicInteger();
          ServiceBreaker callee = new ServiceBreaker(breaker, 1, 10, now::get);
          breaker.transitionToOpenState();
          now.set(10);
          AtomicInteger probes = new AtomicInteger();
          Runnable call =
              () -> {
                if (callee.tryProbe(Span.getInvalid())) {
                  probes.incrementAndGet();
                }
              };
          collide(call, call);
          check(probes.get() == 1, "probes: " + probes);
        });
  }

  @Test
  void permissionsOfAHalfOpenBreakerAreReturned() {
    stress(
        () -> {
          CircuitBreaker breaker = CircuitBreaker.of("test-service", CONFIG);
          ServiceBreaker callee = new ServiceBreaker(breaker, 1, 0, () -> 0);
          breaker.transitionToOpenState();
          breaker.transitionToHalfOpenState();
          Runnable cancelled =
              () -> {
                if (callee.tryAcquire(Span.getInvalid())) {
                  callee.release();
                }
              };
          collide(cancelled, cancelled);
          check(callee.tryAcquire(Span.getInvalid()), "the first permission is lost");
          check(callee.tryAcquire(Span.getInvalid()), "the second permission is lost");
          check(!callee.tryAcquire(Span.getInvalid()), "there are three");
        });
  }
}
