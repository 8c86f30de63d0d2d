package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.starter.test.net.FreePorts;
import dev.platform.tests.line.Line;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Calls with discovery, deadlines and circuit breakers. */
class ProtectedCallsTest {

  private static final String METHOD =
      "platform.deadline.methods[recommendation.v1.RecommendationService/GetRecommendations]";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Map<String, Object> properties = new HashMap<>();

  @AfterEach
  void stopTimer() {
    timer.shutdownNow();
  }

  @Test
  void aUnaryCallWithoutADeadlineGetsTheDefaultOne() {
    properties.put("platform.deadline.default-timeout", "2s");
    try (var app = start()) {
      assertThat(timeLeftAtCallee(stub(app))).isBetween(1L, 2000L);
    }
  }

  @Test
  void aMethodsOwnTimeoutWinsOverTheDefault() {
    properties.put("platform.deadline.default-timeout", "2s");
    properties.put(METHOD, "60s");
    try (var app = start()) {
      assertThat(timeLeftAtCallee(stub(app))).isBetween(2001L, 60_000L);
    }
  }

  @Test
  void theRemainingTimeOfTheIncomingCallWinsIfShorter() throws Exception {
    try (var app = start()) {
      var stub = stub(app);
      Context.CancellableContext incoming =
          Context.current().withDeadline(Deadline.after(1, TimeUnit.SECONDS), timer);
      try {
        assertThat(incoming.call(() -> timeLeftAtCallee(stub))).isBetween(1L, 1000L);
      } finally {
        incoming.cancel(null);
      }
    }
  }

  @Test
  void noDeadlineIsLongerThanTheMaximum() {
    properties.put("platform.deadline.max-timeout", "3s");
    try (var app = start()) {
      assertThat(timeLeftAtCallee(stub(app).withDeadlineAfter(1, TimeUnit.HOURS)))
          .isBetween(1L, 3000L);
    }
  }

  @Test
  void zeroDisablesTheDefault() {
    properties.put("platform.deadline.default-timeout", "0s");
    try (var app = start()) {
      assertThat(answer(stub(app), 1)).isEqualTo("none");
    }
  }

  @Test
  void sixConsecutiveFailuresOpenTheBreakerWhichThenRejectsLocally() throws IOException {
    properties.putAll(Line.channelTo("nobody", "static://127.0.0.1:" + unusedPort()));
    try (var app = start()) {
      Channel nobody = Line.channel(app, "nobody");
      var stub = RecommendationServiceGrpc.newBlockingStub(nobody);
      for (int i = 0; i < 6; i++) {
        assertThat(failure(stub).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
      Status refused = failure(stub);
      assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(refused.getDescription())
          .startsWith("circuit breaker is open: nobody, next probe in ");
      assertThat(state(app, "nobody")).isEqualTo(CircuitBreaker.State.OPEN);
      assertThat(timeLeftAtCallee(stub(app))).isPositive();
    }
  }

  @Test
  void aServiceWithoutInstancesIsCalledAsSoonAsItHasOne() {
    properties.put("platform.discovery.wait-for-first-list", "100ms");
    try (var app = start()) {
      var stub = RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "late"));
      for (int i = 0; i < 20; i++) {
        assertThat(failure(stub).getDescription()).contains("no instance of late is known");
      }
      assertThat(state(app, "late")).isEqualTo(CircuitBreaker.State.CLOSED);
      try (var late = start("late")) {
        await()
            .until(
                () -> !app.getBean(InstanceDirectory.class).latest("late").instances().isEmpty());
        for (int i = 0; i < 20; i++) {
          assertThat(timeLeftAtCallee(stub.withWaitForReady())).isPositive();
        }
      }
    }
  }

  @Test
  void theBreakerIsConfiguredByResilience4jsProperties() throws IOException {
    properties.put("resilience4j.circuitbreaker.configs.default.sliding-window-size", "2");
    properties.put("resilience4j.circuitbreaker.configs.default.minimum-number-of-calls", "2");
    properties.putAll(Line.channelTo("nobody", "static://127.0.0.1:" + unusedPort()));
    try (var app = start()) {
      Channel nobody = Line.channel(app, "nobody");
      var stub = RecommendationServiceGrpc.newBlockingStub(nobody);
      failure(stub);
      failure(stub);
      assertThat(state(app, "nobody")).isEqualTo(CircuitBreaker.State.OPEN);
    }
  }

  @Test
  void theBreakerCanBeDisabled() {
    properties.put("platform.discovery.wait-for-first-list", "100ms");
    properties.put("platform.resilience.circuit-breaker.enabled", "false");
    try (var app = start()) {
      Channel nobody = Line.channel(app, "nobody");
      var stub = RecommendationServiceGrpc.newBlockingStub(nobody);
      for (int i = 0; i < 8; i++) {
        assertThat(failure(stub).getDescription()).contains("no instance of nobody is known");
      }
    }
  }

  @Test
  void theBreakerOfAClientWithAnAddressOfItsOwnHasTheNameOfTheClient() throws IOException {
    properties.putAll(Line.channelTo("suggestions", "static://127.0.0.1:" + unusedPort()));
    try (var app = start()) {
      var stub = RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "suggestions"));
      for (int i = 0; i < 6; i++) {
        assertThat(failure(stub).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
      assertThat(failure(stub).getDescription())
          .startsWith("circuit breaker is open: suggestions, next probe in ");
      assertThat(state(app, "suggestions")).isEqualTo(CircuitBreaker.State.OPEN);
    }
  }

  @Test
  void callsWithTooLittleTimeSayNothingAboutTheCallee() throws Exception {
    assertThat(afterTenShortCalls()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void eachPassedDeadlineCountsIfFairChancesAreOff() throws Exception {
    properties.put("platform.deadline.fair-chance", "false");
    assertThat(afterTenShortCalls()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  /** The callee accepts connections, and nothing else. */
  private CircuitBreaker.State afterTenShortCalls() throws Exception {
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      properties.putAll(Line.channelTo("frozen", "static://127.0.0.1:" + frozen.getLocalPort()));
      try (var app = start()) {
        var stub = RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "frozen"));
        for (int i = 0; i < 10; i++) {
          try (Context.CancellableContext incoming =
              Context.current().withDeadlineAfter(80, TimeUnit.MILLISECONDS, timer)) {
            incoming.call(() -> failure(stub));
          }
        }
        return state(app, "frozen");
      }
    }
  }

  private static int unusedPort() {
    return FreePorts.on("127.0.0.1");
  }

  private ConfigurableApplicationContext start() {
    ConfigurableApplicationContext app = start("callee");
    InstanceDirectory directory = app.getBean(InstanceDirectory.class);
    await().until(() -> !directory.latest("callee").instances().isEmpty());
    return app;
  }

  private ConfigurableApplicationContext start(String name) {
    properties.put("spring.application.name", name);
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    return TestApp.start(properties);
  }

  private static RecommendationServiceBlockingStub stub(ConfigurableApplicationContext app) {
    Channel channel = Line.channel(app, "callee");
    return RecommendationServiceGrpc.newBlockingStub(channel);
  }

  private static long timeLeftAtCallee(RecommendationServiceBlockingStub stub) {
    return Long.parseLong(answer(stub, 1));
  }

  private static String answer(RecommendationServiceBlockingStub stub, int index) {
    return stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(index);
  }

  private static Status failure(RecommendationServiceBlockingStub stub) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> answer(stub, 0)).getStatus();
  }

  private static CircuitBreaker.State state(ConfigurableApplicationContext app, String name) {
    return app.getBean(CircuitBreakerRegistry.class).circuitBreaker(name).getState();
  }
}
