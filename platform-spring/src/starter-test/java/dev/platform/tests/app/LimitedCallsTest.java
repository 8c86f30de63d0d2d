package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayImplBase;
import dev.platform.contracts.bank.v1.ChargeRequest;
import dev.platform.contracts.bank.v1.ChargeResponse;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.outcome.Rejection;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import dev.platform.tests.line.TestServerInterceptor;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Rate limits from an app's configuration. */
class LimitedCallsTest {

  private static final String CHARGE = "bank.v1.BankGateway/Charge";
  private static final String REFUSED = "rate limit exceeded for " + CHARGE;

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final Map<String, Object> properties = new HashMap<>();

  @Test
  void nothingIsLimitedUntilALimiterIsNamed() {
    limiter("narrow", 2);
    try (var app = start(Bank.class)) {
      assertThat(countServed(10, app)).isEqualTo(10);
    }
  }

  @Test
  void aServerIsLimitedByTheConfiguredLimiter() {
    limiter("narrow", 2);
    properties.put("platform.resilience.rate-limit.server", "narrow");
    try (var app = start(Bank.class)) {
      assertThat(countServed(10, app)).isEqualTo(2);
      assertRefused(app);
    }
  }

  @Test
  void aLimiterWithATimeoutDoesNotMakeTheServerWait() {
    limiter("narrow", 2);
    properties.put("resilience4j.ratelimiter.instances.narrow.timeout-duration", "2h");
    properties.put("platform.resilience.rate-limit.methods[" + CHARGE + "]", "narrow");
    try (var app = start(Bank.class)) {
      assertThat(countServed(10, app)).isEqualTo(2);
    }
  }

  @Test
  void aCallerIsIdentifiedByTheNameItSends() {
    limiter("narrow", 2);
    properties.put("platform.resilience.rate-limit.caller.limiter", "narrow");
    try (var app = start(Bank.class)) {
      assertThat(countServed(10, app)).isEqualTo(2);
      assertThat(app.getBean(SeenCallers.class).names).containsOnly("callee");
    }
  }

  @Test
  void theCallersNameIsConfigurable() {
    properties.put("platform.caller.name", "somebody-else");
    try (var app = start(Bank.class)) {
      countServed(1, app);
      assertThat(app.getBean(SeenCallers.class).names).containsExactly("somebody-else");
    }
  }

  @Test
  void theLimitsCanBeDisabled() {
    limiter("narrow", 2);
    properties.put("platform.resilience.rate-limit.server", "narrow");
    properties.put("platform.resilience.rate-limit.enabled", "false");
    try (var app = start(Bank.class)) {
      assertThat(countServed(10, app)).isEqualTo(10);
    }
  }

  @Test
  void anAnnotatedHandlerRejectsInTheSameWayAndImmediately() {
    limiter("annotated", 2);
    try (var app = start(AnnotatedBank.class)) {
      assertThat(countServed(10, app)).isEqualTo(2);
      assertRefused(app);
    }
  }

  @Test
  void anOpenBreakerInsideAHandlerIsReportedLikeThatOfACall() {
    try (var app = start(GuardedBank.class)) {
      assertThat(countServed(1, app)).isEqualTo(1);
      app.getBean(CircuitBreakerRegistry.class).circuitBreaker("vault").transitionToOpenState();

      StatusRuntimeException refused = failure(app);

      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(refused.getStatus().getDescription()).isEqualTo("circuit breaker is open: vault");
      assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.CIRCUIT_BREAKER);
    }
  }

  @Test
  void instancesShareALimitThroughRedis() throws Exception {
    try (RedisProcess redis = RedisProcess.started()) {
      shareThrough(redis);
      try (var one = start(Bank.class);
          var other = start(Bank.class)) {
        awaitShared(one, 1);
        awaitShared(other, 1);
        assertThat(countServed(30, one) + countServed(30, other)).isEqualTo(20);
        assertRefused(one);
      }
    }
  }

  @Test
  void withoutRedisEachInstanceUsesItsShareAndIsHealthy() throws Exception {
    try (RedisProcess redis = RedisProcess.started()) {
      shareThrough(redis);
      try (var one = start(Bank.class);
          var other = start(Bank.class)) {
        awaitShared(one, 1);
        awaitShared(other, 1);
        assertThat(countServed(4, one)).isEqualTo(4);

        redis.kill();
        awaitShared(one, 0);
        awaitShared(other, 0);
        assertThat(countServed(4, one)).isEqualTo(4);
        assertThat(Line.health(one)).isNotEqualTo("DOWN");
      }
    }
  }

  private void shareThrough(RedisProcess redis) {
    limiter("narrow", 20);
    properties.put("platform.resilience.rate-limit.server", "narrow");
    properties.put("platform.resilience.rate-limit.shared.limiters", "narrow");
    properties.put("platform.resilience.rate-limit.shared.timeout", "1s");
    properties.put("platform.resilience.rate-limit.shared.redis-uri", redis.uri());
  }

  private static void awaitShared(ConfigurableApplicationContext app, int value) {
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> meters.get("platform.rate.limit.shared").gauge().value() == value);
  }

  private void limiter(String name, int limit) {
    String prefix = "resilience4j.ratelimiter.instances." + name;
    properties.put(prefix + ".limit-for-period", limit);
    properties.put(prefix + ".limit-refresh-period", "1h");
  }

  private ConfigurableApplicationContext start(Class<? extends BankGatewayImplBase> bank) {
    properties.put("spring.application.name", "callee");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    ConfigurableApplicationContext app =
        TestApp.start(
            properties,
            context -> {
              ((GenericApplicationContext) context).registerBean(bank);
              ((GenericApplicationContext) context).registerBean(SeenCallers.class);
            });
    InstanceDirectory directory = app.getBean(InstanceDirectory.class);
    await().until(() -> !directory.latest("callee").instances().isEmpty());
    return app;
  }

  private static int countServed(int calls, ConfigurableApplicationContext app) {
    int served = 0;
    for (int i = 0; i < calls; i++) {
      served += failure(app) == null ? 1 : 0;
    }
    return served;
  }

  private static void assertRefused(ConfigurableApplicationContext app) {
    StatusRuntimeException refused = failure(app);
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription()).isEqualTo(REFUSED);
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.RATE_LIMIT);
  }

  private static StatusRuntimeException failure(ConfigurableApplicationContext app) {
    Channel channel = Line.channel(app, "callee");
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> BankGatewayGrpc.newBlockingStub(channel).charge(ChargeRequest.getDefaultInstance()));
  }

  @TestGrpcService
  static class Bank extends BankGatewayImplBase {

    @Override
    public void charge(ChargeRequest request, StreamObserver<ChargeResponse> answer) {
      answer.onNext(ChargeResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  @TestGrpcService
  static class AnnotatedBank extends Bank {

    @Override
    @RateLimiter(name = "annotated")
    public void charge(ChargeRequest request, StreamObserver<ChargeResponse> answer) {
      super.charge(request, answer);
    }
  }

  @TestGrpcService
  static class GuardedBank extends Bank {

    @Override
    @CircuitBreaker(name = "vault")
    public void charge(ChargeRequest request, StreamObserver<ChargeResponse> answer) {
      super.charge(request, answer);
    }
  }

  @TestServerInterceptor
  static class SeenCallers implements ServerInterceptor {

    private static final Metadata.Key<String> CALLER =
        Metadata.Key.of("platform-caller", Metadata.ASCII_STRING_MARSHALLER);

    final Queue<String> names = new ConcurrentLinkedQueue<>();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (headers.containsKey(CALLER)) {
        names.add(headers.get(CALLER));
      }
      return next.startCall(call, headers);
    }
  }
}
