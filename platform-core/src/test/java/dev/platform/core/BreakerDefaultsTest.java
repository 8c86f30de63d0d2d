package dev.platform.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How breakers with the platform's defaults come back; the time is moved. */
class BreakerDefaultsTest {

  private final AtomicLong nanos = new AtomicLong();
  private final CircuitBreaker breaker =
      new PlatformBuilder("order-service")
          .clock(new MovedClock())
          .nanoTime(nanos::get)
          .circuitBreakers()
          .circuitBreaker("payment-service");

  @Test
  void aCallerOfOneCallAMinuteClosesItWithThreeGoodCallsAndNoneIsRefused() {
    breaker.transitionToOpenState();
    for (int i = 0; i < 3; i++) {
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      assertThat(breaker.tryAcquirePermission()).isTrue();
      assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);
      breaker.onSuccess(1, TimeUnit.MILLISECONDS);
    }

    assertThat(breaker.getState()).isEqualTo(State.CLOSED);
    assertThat(breaker.getCircuitBreakerConfig().getMaxWaitDurationInHalfOpenState())
        .as("the time after which trial calls that come too seldom would be forgotten")
        .isZero();
  }

  @Test
  void isHalfOpenAfterItsWaitEvenIfNobodyCalls() {
    CircuitBreaker hasty =
        CircuitBreaker.of(
            "hasty",
            CircuitBreakerConfig.from(breaker.getCircuitBreakerConfig())
                .waitDurationInOpenState(Duration.ofMillis(10))
                .build());
    hasty.transitionToOpenState();

    await().atMost(Duration.ofSeconds(30)).until(() -> hasty.getState() == State.HALF_OPEN);
    assertThat(hasty.getMetrics().getNumberOfNotPermittedCalls()).isZero();
  }

  private final class MovedClock extends Clock {

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanos.get());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
