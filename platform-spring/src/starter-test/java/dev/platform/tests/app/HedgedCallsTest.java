package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.Metrics;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls to a service with two instances that can be slow. */
@ExtendWith(OutputCaptureExtension.class)
class HedgedCallsTest {

  private static final String SERVICE = "recommendation.v1.RecommendationService";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final Map<String, Object> properties = new HashMap<>();
  private List<SlowableInstance> instances;

  @BeforeEach
  void startInstances() throws IOException {
    instances = List.of(new SlowableInstance(), new SlowableInstance());
    for (SlowableInstance instance : instances) {
      etcd.server().put("/services/slowable/" + instance.address(), instance.address());
    }
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "caller");
    properties.put("platform.discovery.wait-for-first-list", "20s");
    properties.put("platform.deadline.default-timeout", "30s");
    properties.put("platform.resilience.hedging.methods[" + SERVICE + "]", "50ms");
  }

  @AfterEach
  void stopInstances() {
    instances.forEach(
        instance -> {
          etcd.server().delete("/services/slowable/" + instance.address());
          instance.close();
        });
  }

  @Test
  void aSlowCallIsAnsweredByAnotherInstance(CapturedOutput output) {
    try (var app = TestApp.start(properties)) {
      Channel channel = connected(app);
      Metrics breaker = breaker(app);
      int before = breaker.getNumberOfSuccessfulCalls();
      SlowableInstance slow = instances.get(0);
      slow.answerAfter(Duration.ofHours(1));
      for (int i = 0; i < 4; i++) {
        assertThat(failure(channel)).isNull();
      }
      assertThat(slow.calls()).as("first attempts on the slow instance").isPositive();
      await().atMost(TIMEOUT).until(() -> slow.cancelled() >= slow.calls());
      assertThat(breaker.getNumberOfSuccessfulCalls() - before).isEqualTo(4);
      assertThat(breaker.getNumberOfFailedCalls()).isZero();
      assertThat(slow.announcedAttempts()).containsOnly("2");
    }
    assertThat(output).containsOnlyOnce("Calls of " + SERVICE + " are hedged after 50 ms");
  }

  @Test
  void aMethodThatIsNotIdempotentIsNotHedged() {
    properties.put("platform.resilience.hedging.methods[bank.v1.BankGateway]", "50ms");
    instances.forEach(instance -> instance.answerAfter(Duration.ofMillis(500)));
    try (var app = TestApp.start(properties)) {
      var unused =
          BankGatewayGrpc.newBlockingStub(channel(app))
              .setBehaviour(SetBehaviourRequest.getDefaultInstance());
    }
    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void aFailedCallIsHedgedAndNotRetried() {
    try (var app = TestApp.start(properties)) {
      Channel channel = connected(app);
      instances.forEach(instance -> instance.failWith(Status.UNAVAILABLE));
      assertThat(failure(channel).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void pushbackPreventsHedging() {
    try (var app = TestApp.start(properties)) {
      Channel channel = connected(app);
      instances.forEach(instance -> instance.failWith(Status.RESOURCE_EXHAUSTED, "10"));
      assertThat(failure(channel).getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void theBudgetBoundsTheLoadIfAllInstancesAreSlow() {
    properties.put("platform.resilience.retry.budget.tokens", "4");
    properties.put("platform.resilience.retry.budget.ratio", "0.001");
    try (var app = TestApp.start(properties)) {
      Channel channel = connected(app);
      instances.forEach(instance -> instance.answerAfter(Duration.ofMillis(500)));
      for (int i = 0; i < 8; i++) {
        assertThat(failure(channel)).isNull();
      }
    }
    // Two hedges leave half of the tokens plus those of successful calls, perhaps enough for a
    // third. On a busy machine some may be spent earlier.
    assertThat(calls()).isBetween(8, 8 + 3);
  }

  @Test
  void aFastCallIsSentOnce() {
    properties.put("platform.resilience.hedging.methods[" + SERVICE + "]", "20s");
    try (var app = TestApp.start(properties)) {
      Channel channel = connected(app);
      for (int i = 0; i < 4; i++) {
        assertThat(failure(channel)).isNull();
      }
    }
    assertThat(calls()).isEqualTo(4);
  }

  /** Returns a channel with a connection to each instance and resets the call counters. */
  private Channel connected(ConfigurableApplicationContext app) {
    Channel channel = channel(app);
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                failure(channel) == null
                    && instances.stream().allMatch(instance -> instance.calls() > 0));
    instances.forEach(SlowableInstance::forgetCalls);
    return channel;
  }

  private static Channel channel(ConfigurableApplicationContext app) {
    return Line.channel(app, "slowable");
  }

  private int calls() {
    return instances.stream().mapToInt(SlowableInstance::calls).sum();
  }

  private static Metrics breaker(ConfigurableApplicationContext app) {
    return app.getBean(CircuitBreakerRegistry.class).circuitBreaker("slowable").getMetrics();
  }

  private static StatusRuntimeException failure(Channel channel) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
  }
}
