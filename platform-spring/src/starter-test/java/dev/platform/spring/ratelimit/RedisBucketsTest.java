package dev.platform.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.ratelimit.SharedRateLimit;
import dev.platform.core.ratelimit.SharedRateLimits;
import dev.platform.core.ratelimit.SharedTaking;
import dev.platform.tests.app.RedisProcess;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances with separate connections to a real Redis that can fail. */
class RedisBucketsTest {

  private static final Duration AWAIT_LIMIT = Duration.ofSeconds(20);
  // Long, because other builds may share the machine.
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final RateLimiterConfig HUNDRED_AN_HOUR =
      RateLimiterConfig.custom()
          .limitForPeriod(100)
          .limitRefreshPeriod(Duration.ofHours(1))
          .timeoutDuration(Duration.ZERO)
          .build();

  private final List<SharedRateLimits> instances = new ArrayList<>();
  private RedisProcess redis;
  private SharedRateLimit one;
  private SharedRateLimit other;

  @BeforeEach
  void create() throws Exception {
    redis = RedisProcess.create();
    one = instance();
    other = instance();
  }

  @AfterEach
  void close() throws Exception {
    for (SharedRateLimits instance : instances) {
      instance.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  @Test
  void twoInstancesTogetherAllowExactlyTheLimit() throws Exception {
    redis.start();
    awaitShared();

    assertThat(permittedConcurrently(200, one, other)).isEqualTo(100);
  }

  @Test
  void eachUsesItsShareWhileRedisIsDownAndTheyShareAgainLater() throws Exception {
    redis.start();
    awaitShared();
    redis.kill();

    assertThat(permittedConcurrently(200, one, other)).isEqualTo(100);
    assertThat(permittedConcurrently(200, one)).as("its share is used up").isZero();

    redis.start();
    awaitShared();
    assertThat(permittedConcurrently(200, one, other))
        .as("new bucket owes the calls of both instances")
        .isZero();
  }

  @Test
  void eachUsesItsShareWhileRedisIsFrozen() throws Exception {
    redis.start();
    awaitShared();
    redis.freeze();

    assertThat(permittedConcurrently(200, one)).isEqualTo(50);
    assertThat(SharedTaking.isShared(one)).isFalse();

    redis.thaw();
    awaitShared();
  }

  @Test
  void startsWithoutRedisAndSharesOnceItIsUp() throws Exception {
    assertThat(permittedConcurrently(200, one)).isEqualTo(50);

    redis.start();
    awaitShared();

    assertThat(permittedConcurrently(200, other))
        .as("remaining permits of the other instance")
        .isEqualTo(50);
  }

  private void awaitShared() {
    await()
        .atMost(AWAIT_LIMIT)
        .until(() -> SharedTaking.isShared(one) && SharedTaking.isShared(other));
  }

  /** Starts all calls concurrently; returns the number of permitted calls. */
  private static int permittedConcurrently(int calls, SharedRateLimit... limits) {
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      for (SharedRateLimit limit : limits) {
        answers.add(SharedTaking.take(limit));
      }
    }
    return (int) answers.stream().filter(answer -> answer.join() == 0).count();
  }

  private SharedRateLimit instance() {
    RedisBuckets buckets = new RedisBuckets(RedisURI.create(redis.uri()), "test", TIMEOUT);
    ScheduledExecutorService timer = Threads.daemons().timer("test-timer");
    SharedRateLimit limit =
        new SharedRateLimit(
            "orders",
            buckets.bucket("orders", HUNDRED_AN_HOUR),
            HUNDRED_AN_HOUR,
            () -> 0.5,
            TIMEOUT,
            timer);
    SharedRateLimits limits =
        new SharedRateLimits(
            Map.of("orders", limit), buckets, timer, Threads.daemons().workers("test-"));
    limits.start();
    instances.add(limits);
    return limit;
  }
}
