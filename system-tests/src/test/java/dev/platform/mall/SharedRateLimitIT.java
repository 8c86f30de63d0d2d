package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.platform.contracts.order.v1.GetOrderRequest;
import dev.platform.contracts.order.v1.GetOrderResponse;
import dev.platform.contracts.order.v1.OrderServiceGrpc;
import dev.platform.contracts.order.v1.OrderServiceGrpc.OrderServiceFutureStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two instances of order-app share a limit through a Redis that is killed and restarted. The calls
 * are GetOrder without an id, since a rejection by the handler itself is cheapest: it counts as
 * accepted. The test adds a Redis client to the app's jar, which has none.
 */
@Tag("nightly")
class SharedRateLimitIT {

  private static final int LIMIT_PER_SECOND = 500;
  private static final int OFFERED_TO_EACH = 400;
  private static final double TOLERANCE = 0.02;
  private static final Duration MEASURED = Duration.ofSeconds(10);

  /** Half a second's worth, so that a short pause of the machine loses no permits. */
  private static final int BURST = LIMIT_PER_SECOND / 2;

  private static final Map<String, String> LIMITED =
      Map.of(
          "platform.resilience.rate-limit.methods[order.v1.OrderService/GetOrder]",
          "fleet",
          "resilience4j.ratelimiter.instances.all-calls.limit-for-period",
          "10000",
          "resilience4j.ratelimiter.instances.fleet.limit-for-period",
          Integer.toString(BURST),
          "resilience4j.ratelimiter.instances.fleet.limit-refresh-period",
          "500ms",
          "platform.resilience.rate-limit.shared.limiters",
          "fleet",
          // A busy machine is not an outage of Redis. Tests of the limit itself use the default.
          "platform.resilience.rate-limit.shared.timeout",
          "500ms");

  private static final Path REDIS_CLIENT =
      Path.of("..", "build", "image", "redis-rate-limits", "target", "lib");

  private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

  private static RedisServer redis;
  private static Mall mall;
  private static List<AppProcess> instances;

  @BeforeAll
  static void open() throws Exception {
    redis = RedisServer.require();
    mall = Mall.withEtcd("fleet-limit");
    mall.configure(
        App.ORDER,
        Map.of(
            "PLATFORM_RESILIENCE_RATELIMIT_ENABLED",
            "true",
            "PLATFORM_RESILIENCE_RATELIMIT_SHARED_REDISURI",
            redis.uri()));
    instances =
        List.of(
            mall.start(App.ORDER, LIMITED, REDIS_CLIENT),
            mall.start(App.ORDER, LIMITED, REDIS_CLIENT));
    instances.forEach(AppProcess::awaitReady);
    mall.awaitRegistered();
  }

  @AfterAll
  static void close() {
    if (redis != null) {
      redis.close();
    }
    if (mall != null) {
      mall.close();
    }
  }

  @Test
  void twoInstancesShareTheLimitAndUseTheirSharesWhileRedisIsDown() throws Exception {
    try (Channels channels = new Channels();
        SteadyLoad first = startCalls(channels, instances.get(0));
        SteadyLoad second = startCalls(channels, instances.get(1))) {
      awaitShared(1);
      awaitWarm(first, second);
      long warmAt = System.nanoTime();
      assertTotalRateIsLimit("with Redis", first, second);

      redis.kill();
      try (Health health = new Health(instances)) {
        awaitShared(0);
        waitFor(Duration.ofSeconds(1));
        List<Double> shares = accepted(first, second);
        Report.line("shared limit: without Redis the instances accept %s a second", shares);
        assertThat(shares)
            .allSatisfy(
                share ->
                    assertThat(share)
                        .isCloseTo(
                            LIMIT_PER_SECOND / 2.0,
                            within(LIMIT_PER_SECOND / 2.0 * 2 * TOLERANCE)));
        redis.start();
        awaitShared(1);
        assertThat(health.checks()).isPositive();
        assertThat(health.failed()).isEmpty();
      }
      waitFor(Duration.ofSeconds(1));
      assertTotalRateIsLimit("with Redis again", first, second);
      assertThat(unexpectedFailures(first.stop().sentSince(warmAt))).isEmpty();
      assertThat(unexpectedFailures(second.stop().sentSince(warmAt))).isEmpty();
    }
  }

  private static SteadyLoad startCalls(Channels channels, AppProcess orderApp) {
    OrderServiceFutureStub orders = OrderServiceGrpc.newFutureStub(channels.to(orderApp.address()));
    return SteadyLoad.start(
        OFFERED_TO_EACH,
        () -> {
          ListenableFuture<GetOrderResponse> answer =
              orders
                  .withDeadlineAfter(10, TimeUnit.SECONDS)
                  .getOrder(GetOrderRequest.getDefaultInstance());
          return Futures.catching(
              answer,
              StatusRuntimeException.class,
              SharedRateLimitIT::requireAccepted,
              MoreExecutors.directExecutor());
        });
  }

  private static GetOrderResponse requireAccepted(StatusRuntimeException answer) {
    if (answer.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
      return GetOrderResponse.getDefaultInstance();
    }
    throw answer;
  }

  private static List<Outcome> unexpectedFailures(LoadReport report) {
    return report
        .only(
            outcome ->
                outcome.isFailure() && outcome.status().getCode() != Status.Code.RESOURCE_EXHAUSTED)
        .outcomes();
  }

  private static void assertTotalRateIsLimit(String when, SteadyLoad first, SteadyLoad second) {
    List<Double> shares = accepted(first, second);
    double together = shares.get(0) + shares.get(1);
    Report.line("shared limit: %s %.1f a second are accepted, %s", when, together, shares);
    assertThat(together)
        .as("accepted per second %s", when)
        .isCloseTo(LIMIT_PER_SECOND, within(LIMIT_PER_SECOND * TOLERANCE));
  }

  /** Each instance's rate of accepted calls per second from now on. */
  private static List<Double> accepted(SteadyLoad first, SteadyLoad second) {
    long from = System.nanoTime();
    waitFor(MEASURED);
    long until = System.nanoTime();
    return List.of(rate(first, from, until), rate(second, from, until));
  }

  private static double rate(SteadyLoad load, long from, long until) {
    int accepted =
        load.soFar()
            .only(
                outcome ->
                    !outcome.isFailure()
                        && outcome.endedAt() - from >= 0
                        && outcome.endedAt() - until < 0)
            .calls();
    return accepted * 1e9 / (until - from);
  }

  private static void awaitShared(int expected) {
    await("the limit is shared: " + expected)
        .atMost(TIME_LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                instances.stream()
                    .allMatch(
                        each -> new Meters(each).value("platform.rate.limit.shared") == expected));
  }

  /** The first calls in new JVMs are slow, and the burst after them is rejected. */
  private static void awaitWarm(SteadyLoad first, SteadyLoad second) {
    for (SteadyLoad load : List.of(first, second)) {
      await("fast answers")
          .atMost(TIME_LIMIT)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                long since = System.nanoTime() - Duration.ofSeconds(3).toNanos();
                LoadReport lately = load.soFar().sentSince(since);
                return lately.calls() > OFFERED_TO_EACH && lately.percentile(0.99).toMillis() < 50;
              });
    }
  }

  private static void waitFor(Duration time) {
    await().pollDelay(time).atMost(time.plus(TIME_LIMIT)).until(() -> true);
  }
}
