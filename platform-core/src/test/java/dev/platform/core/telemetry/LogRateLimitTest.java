package dev.platform.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogRateLimitTest {

  private final AtomicLong clock = new AtomicLong(-Duration.ofSeconds(5).toNanos());
  private final LogRateLimit lines = new LogRateLimit(2, clock::get);

  @Test
  void permitsLinesPerSecondAndReportsTheSuppressedOnesLater() {
    assertThat(lines.take()).isZero();
    assertThat(lines.take()).isZero();
    assertThat(lines.take()).isNegative();
    assertThat(lines.take()).isNegative();

    clock.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(lines.take()).isEqualTo(2);
    assertThat(lines.take()).isZero();
  }
}
