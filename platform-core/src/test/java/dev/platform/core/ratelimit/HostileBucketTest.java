package dev.platform.core.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.LogLines;
import dev.platform.core.concurrent.Threads;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A bucket in Redis whose content is anybody's; a failure has the seed. */
class HostileBucketTest {

  private static final int ANSWERS = 100_000;
  private static final Duration PERIOD = Duration.ofSeconds(1);

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final long seed = Long.getLong("platform.test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ScheduledExecutorService timer = Threads.daemons().timer("test-timer");
  private final SharedRateLimit limit =
      new SharedRateLimit(
          "orders",
          new HostileBucket(),
          RateLimiterConfig.custom()
              .limitForPeriod(10)
              .limitRefreshPeriod(PERIOD)
              .timeoutDuration(Duration.ZERO)
              .build(),
          () -> 0.5,
          Duration.ofSeconds(10),
          timer);

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void waitsAreBoundedWhateverRedisAnswers() {
    long most = 100 * PERIOD.toNanos();
    int shared = 0;
    for (int i = 0; i < ANSWERS; i++) {
      limit.probe();
      shared += limit.isShared() ? 1 : 0;
      assertThat(limit.take())
          .as("seed %d", seed)
          .isCompletedWithValueMatching(wait -> wait >= 0 && wait <= most);
    }
    assertThat(shared).as("seed %d", seed).isPositive();
    assertThat(log.lines()).allMatch(line -> line.length() < 1000 && line.indexOf('\n') < 0);
  }

  private final class HostileBucket implements SharedBucket {

    @Override
    public CompletableFuture<Long> take() {
      return switch (random.nextInt(8)) {
        case 0 -> throw new IllegalStateException(text());
        case 1 -> CompletableFuture.failedFuture(new IllegalArgumentException(text()));
        case 2 -> CompletableFuture.completedFuture(null);
        case 3 -> CompletableFuture.completedFuture(random.nextLong());
        case 4 -> CompletableFuture.completedFuture(Long.MIN_VALUE);
        case 5 -> CompletableFuture.completedFuture((long) random.nextInt());
        default -> CompletableFuture.completedFuture(0L);
      };
    }

    @Override
    public CompletableFuture<?> settle(long permissions) {
      return switch (random.nextInt(20)) {
        case 0 -> throw new ClassCastException(text());
        case 1 -> CompletableFuture.failedFuture(new IndexOutOfBoundsException());
        default -> CompletableFuture.completedFuture(random.nextBoolean() ? null : "x");
      };
    }

    private String text() {
      return "\u001b[2J\n".repeat(random.nextInt(50));
    }
  }
}
