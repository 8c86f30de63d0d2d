package dev.platform.core.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.outcome.Rejection;
import dev.platform.core.priority.Priority;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls over a real socket with a test clock. */
class RateLimitServerInterceptorTest {

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
  private static final String CALLER = "platform-caller";

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private RatePriorities priorities = RatePriorities.none();
  private @Nullable LimitedServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void servesABurstAndRejectsCallsOverIt() throws Exception {
    start(null, Map.of(), limiter(50, Duration.ofMillis(50)));

    assertThat(server.countServed(80)).isEqualTo(50);
    assertThat(server.served).hasValue(50);
  }

  @Test
  void allowsAThousandCallsPerSecondInTheLongRun() throws Exception {
    start(null, Map.of(), limiter(50, Duration.ofMillis(50)));

    int served = 0;
    for (int moment = 0; moment < 20; moment++) {
      served += server.countServed(60);
      nanos.addAndGet(Duration.ofMillis(50).toNanos());
    }
    assertThat(served).isEqualTo(1000);
  }

  @Test
  void namesTheExceededLimitAndTheRetryDelay() throws Exception {
    start(null, Map.of(), limiter(1, Duration.ofSeconds(3)));
    server.get();
    nanos.addAndGet(Duration.ofMillis(1200).toNanos());

    StatusRuntimeException refused = server.get();

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription())
        .isEqualTo("rate limit exceeded for product.v1.ProductService/GetProduct");
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.RATE_LIMIT);
    assertThat(refused.getTrailers().get(PUSHBACK)).isEqualTo("1800");
    Any detail = StatusProto.fromThrowable(refused).getDetails(0);
    var delay = detail.unpack(RetryInfo.class).getRetryDelay();
    assertThat(Duration.ofSeconds(delay.getSeconds(), delay.getNanos())).hasMillis(1800);
  }

  @Test
  void servesAgainAfterTheRetryDelay() throws Exception {
    start(null, Map.of(), limiter(1, Duration.ofSeconds(3)));
    server.get();
    long wait = Long.parseLong(server.get().getTrailers().get(PUSHBACK));

    nanos.addAndGet(Duration.ofMillis(wait - 1).toNanos());
    assertThat(server.get()).isNotNull();
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(server.get()).isNull();
  }

  @Test
  void aMethodsLimitDoesNotAffectOtherMethods() throws Exception {
    start(null, Map.of(LimitedServer.GET, limiter(1, Duration.ofSeconds(1))), null);

    assertThat(server.countServed(3)).isEqualTo(1);
    assertThat(server.list()).isNull();
  }

  @Test
  void aServicesLimitAppliesToItsMethodsWithoutOwnLimit() throws Exception {
    start(
        null,
        Map.of(
            "product.v1.ProductService",
            limiter(1, Duration.ofSeconds(1)),
            LimitedServer.LIST,
            limiter(5, Duration.ofSeconds(1))),
        null);

    assertThat(server.countServed(3)).isEqualTo(1);
    assertThat(server.list()).isNull();
  }

  @Test
  void leavesThePartOfTheLimitThatLowerPrioritiesMayNotUseToHigherOnes() throws Exception {
    priorities =
        new RatePriorities(
            Map.of("product.v1.ProductService", Priority.LOW, LimitedServer.LIST, Priority.HIGH),
            new RatePriorities.Shares(0.5, 0.8));
    start(null, Map.of(), limiter(10, Duration.ofHours(1)));

    assertThat(server.countServed(20)).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      assertThat(server.list()).isNull();
    }
    assertThat(server.list()).isNotNull();
    assertThat(count("refused", "priority")).isEqualTo(15);
  }

  @Test
  void callsWithoutAPriorityAreNormal() throws Exception {
    priorities =
        new RatePriorities(
            Map.of(LimitedServer.LIST, Priority.HIGH), new RatePriorities.Shares(0.5, 0.8));
    start(null, Map.of(), limiter(10, Duration.ofHours(1)));

    assertThat(server.countServed(20)).isEqualTo(8);
  }

  @Test
  void thePriorityOfTheCallCountsWithoutAnyOfMethods() throws Exception {
    start(null, Map.of(), limiter(10, Duration.ofHours(1)));
    server.callsBring(Priority.LOW);
    assertThat(server.countServed(20)).isEqualTo(6);
    server.callsBring(Priority.NORMAL);
    assertThat(server.countServed(20)).isEqualTo(3);

    server.callsBring(null);
    assertThat(server.countServed(20)).isEqualTo(1);
  }

  @Test
  void theLowerOfTheCallsAndItsMethodsPriorityCounts() throws Exception {
    priorities =
        new RatePriorities(
            Map.of(LimitedServer.GET, Priority.LOW, LimitedServer.LIST, Priority.HIGH),
            new RatePriorities.Shares(0.5, 0.8));
    start(null, Map.of(), limiter(10, Duration.ofHours(1)));
    server.callsBring(Priority.HIGH);
    assertThat(server.countServed(20)).isEqualTo(5);

    server.callsBring(Priority.LOW);
    assertThat(server.list()).isNotNull();
    server.callsBring(Priority.HIGH);
    assertThat(server.list()).isNull();
  }

  @Test
  void refusesSharesThatAreNone() {
    assertThatThrownBy(() -> new RatePriorities.Shares(0.9, 0.5))
        .hasMessageContaining("platform.resilience.rate-limit.shares.low: 0.9")
        .hasMessageContaining("at most shares.normal, 0.5");
    assertThatThrownBy(() -> new RatePriorities.Shares(0, 1.5))
        .hasMessageContaining("platform.resilience.rate-limit.shares.normal: 1.5");
    assertThatThrownBy(
            () ->
                new RatePriorities(
                    Map.of("no method", Priority.LOW), RatePriorities.none().shares()))
        .hasMessageContaining("platform.resilience.rate-limit.priorities: no method");
  }

  @Test
  void streamsCountOnceAtTheirStart() throws Exception {
    start(null, Map.of(), limiter(1, Duration.ofSeconds(1)));

    assertThat(server.list()).isNull();
    assertThat(server.list().getStatus().getDescription())
        .isEqualTo("rate limit exceeded for product.v1.ProductService/ListProducts");
  }

  @Test
  void eachCallerHasItsOwnBucket() throws Exception {
    start(callers(10, 2), Map.of(), null);

    assertThat(server.getAs(CALLER, "greedy")).isNull();
    assertThat(server.getAs(CALLER, "greedy")).isNull();
    assertThat(server.getAs(CALLER, "greedy")).isNotNull();
    assertThat(server.getAs(CALLER, "modest")).isNull();
  }

  @Test
  void anonymousCallersShareABucket() throws Exception {
    start(callers(10, 2), Map.of(), null);

    assertThat(server.countServed(4)).isEqualTo(2);
    assertThat(server.getAs(CALLER, "named")).isNull();
  }

  @Test
  void aCallerOverItsLimitDoesNotAffectOthers() throws Exception {
    start(callers(10, 1), Map.of(), limiter(2, Duration.ofSeconds(1)));

    for (int i = 0; i < 5; i++) {
      server.getAs(CALLER, "greedy");
    }
    assertThat(server.getAs(CALLER, "modest")).isNull();
  }

  @Test
  void tracksABoundedNumberOfCallersAndEvictsTheLeastRecent() throws Exception {
    CallerLimits callers = callers(2, 1);
    start(callers, Map.of(), null);

    server.getAs(CALLER, "a");
    server.getAs(CALLER, "b");
    assertThat(server.getAs(CALLER, "a"))
        .as("a is over its limit, and the most recently used")
        .isNotNull();
    server.getAs(CALLER, "c");

    assertThat(callers.size()).isEqualTo(2);
    assertThat(server.getAs(CALLER, "a")).as("a is still tracked").isNotNull();
    assertThat(server.getAs(CALLER, "b")).as("b has a new limiter").isNull();
  }

  @Test
  void healthChecksAreNeverLimited() throws Exception {
    start(callers(10, 1), Map.of(), limiter(1, Duration.ofHours(1)));
    assertThat(server.countServed(3)).isEqualTo(1);

    server.assertHealthAnswers();
    server.assertHealthAnswers();
  }

  @Test
  void countsByMethodResultAndLimit() throws Exception {
    start(callers(10, 3), Map.of(), limiter(2, Duration.ofSeconds(1)));
    for (int i = 0; i < 5; i++) {
      server.getAs(CALLER, "me");
    }

    assertThat(count("accepted", "none")).isEqualTo(2);
    assertThat(count("refused", "server")).isEqualTo(1);
    assertThat(count("refused", "caller")).isEqualTo(2);
  }

  private double count(String result, String limit) {
    return meters
        .get("platform.rate.limit.calls")
        .tags("method", LimitedServer.GET, "result", result, "limit", limit)
        .counter()
        .count();
  }

  private void start(
      @Nullable CallerLimits callers, Map<String, RateLimiter> methods, @Nullable RateLimiter whole)
      throws Exception {
    server =
        new LimitedServer(
            new RateLimitServerInterceptor(
                new RateLimits(
                    callers,
                    methods,
                    whole,
                    priorities,
                    SharedRateLimits.none(Threads.daemons()),
                    meters),
                Runnable::run,
                UnaryOperator.identity()));
  }

  private CallerLimits callers(int max, int limit) {
    return new CallerLimits(CALLER, true, max, name -> limiter(limit, Duration.ofSeconds(1)));
  }

  private RateLimiter limiter(int limit, Duration period) {
    RateLimiterConfig config =
        RateLimiterConfig.custom()
            .limitForPeriod(limit)
            .limitRefreshPeriod(period)
            .timeoutDuration(Duration.ZERO)
            .build();
    return new AtomicRateLimiter("test", config, nanos::get);
  }
}
