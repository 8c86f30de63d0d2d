package dev.platform.tests.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.core.balancer.BalancedInstance;
import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpReport.Result;
import dev.platform.core.start.WarmUpReport.State;
import dev.platform.spring.client.ImportStubs;
import dev.platform.spring.drain.Lifecycle;
import dev.platform.spring.endpoint.PlatformEndpoint;
import dev.platform.spring.endpoint.PlatformEndpoint.WarmedUpPart;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.telemetry.CollectedSpans;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** What applications do between the start of their servers and their first call. */
@ExtendWith(OutputCaptureExtension.class)
class WarmUpTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  /** On a busy machine a start takes its time. */
  private static final Duration SLOW = Duration.ofMinutes(1);

  private final Map<String, Object> properties = new HashMap<>();
  private final AtomicReference<ConfigurableApplicationContext> context = new AtomicReference<>();

  WarmUpTest() {
    properties.put("platform.start.warm-up.max", "1m");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "warm");
    properties.put("management.tracing.sampling.probability", 1.0);
  }

  @Test
  void theServerListensAndTheProcessIsNeitherReadyNorRegisteredWhileItRuns() {
    List<Object> seen = new ArrayList<>();
    try (var app =
        start(
            run -> {
              seen.add(statusOfServer(app()));
              seen.add(readiness(app()));
              seen.add(app().getBean(Lifecycle.class).phase());
              seen.add(etcd.server().keys("/services/"));
            })) {
      assertThat(seen)
          .containsExactly(
              ServingStatus.NOT_SERVING,
              ReadinessState.REFUSING_TRAFFIC,
              LifecyclePhase.STARTING,
              List.of());
      await().until(() -> etcd.server().keys("/services/warm/").size() == 1);
      assertThat(statusOfServer(app)).isEqualTo(ServingStatus.SERVING);
      assertThat(readiness(app)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
    }
  }

  @Test
  void itsCallsAreCountedNowhere() {
    CollectedSpans spans = new CollectedSpans();
    try (var app =
        start(
            run -> {
              HealthGrpc.newBlockingStub(run.serve(new HealthStatusManager().getHealthService()))
                  .check(HealthCheckRequest.getDefaultInstance());
              RecommendationServiceGrpc.newBlockingStub(
                      run.serve(app().getBean(TestApp.WhoAmI.class)))
                  .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
            },
            context -> context.registerBean("spans", CollectedSpans.class, () -> spans))) {
      assertThat(parts(app)).allMatch(part -> part.result() == Result.DONE);
      assertThat(app.getBean(MeterRegistry.class).getMeters())
          .extracting(Meter::getId)
          .extracting(Meter.Id::getName)
          .noneMatch(name -> name.startsWith("rpc."));
      assertThat(app.getBean(CircuitBreakerRegistry.class).getAllCircuitBreakers()).isEmpty();
      assertThat(app.getBean(Lifecycle.class).openCalls()).isEmpty();
      assertThat(spans.all(SpanKind.SERVER, 0)).isEmpty();
      assertThat(spans.all(SpanKind.CLIENT, 0)).isEmpty();
    }
  }

  @Test
  void isReportedApart(CapturedOutput output) {
    try (var app = start(run -> {})) {
      PlatformEndpoint.WarmedUp report = app.getBean(PlatformEndpoint.class).platform().warmUp();
      assertThat(report.state()).isEqualTo(State.ENDED);
      assertThat(report.parts())
          .extracting(WarmedUpPart::name)
          .containsExactly("platformConnections", "platformDataSources", "platformCalls", "own");
      assertThat(
              app.getBean(MeterRegistry.class)
                  .get("platform.start.warm.up")
                  .tag("part", "platformCalls")
                  .tag("result", "done")
                  .timeGauge()
                  .value(TimeUnit.NANOSECONDS))
          .isPositive();
      assertThat(output).containsOnlyOnce("Warm-up took ");
    }
  }

  @Test
  void aFailureIsOneWarningAndTheProcessStarts(CapturedOutput output) {
    try (var app =
        start(
            run -> {
              throw new IllegalStateException("broken on purpose");
            })) {
      await().until(() -> etcd.server().keys("/services/warm/").size() == 1);
      assertThat(result(app)).isEqualTo(Result.FAILED);
      assertThat(output).containsOnlyOnce("Warm-up own failed");
    }
  }

  @Test
  void delaysTheStartForItsTimeAtMost() {
    properties.put("platform.start.warm-up.max", "2s");
    try (var app = start(run -> new CountDownLatch(1).await())) {
      await().until(() -> etcd.server().keys("/services/warm/").size() == 1);
      assertThat(result(app)).isEqualTo(Result.STOPPED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"platform.start.warm-up.enabled=false", "platform.start.warm-up.max=0s"})
  void canBeSwitchedOff(String off) {
    properties.put(off.split("=", 2)[0], off.split("=", 2)[1]);
    AtomicReference<Boolean> ran = new AtomicReference<>(false);
    try (var app = start(run -> ran.set(true))) {
      assertThat(ran).hasValue(false);
      assertThat(app.getBean(PlatformEndpoint.class).platform().warmUp()).isNull();
    }
  }

  @Test
  void aShutdownMeanwhileEndsItAndTheProcessIsNeverReady() {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    List<Object> states = new ArrayList<>();
    CompletableFuture<ConfigurableApplicationContext> starting =
        CompletableFuture.supplyAsync(
            () ->
                start(
                    run -> {
                      runs.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } finally {
                        interrupted.countDown();
                      }
                    },
                    context ->
                        context.addApplicationListener(
                            event -> {
                              if (event instanceof AvailabilityChangeEvent<?> change) {
                                states.add(change.getState());
                              }
                            })));
    await()
        .atMost(SLOW)
        .failFast("the start failed", starting::isDone)
        .until(() -> runs.getCount() == 0);
    app().close();
    await().until(() -> interrupted.getCount() == 0);
    starting.join();
    assertThat(states).doesNotContain(ReadinessState.ACCEPTING_TRAFFIC);
    assertThat(etcd.server().keys("/services/")).isEmpty();
    assertThat(etcd.server().leases()).isEmpty();
  }

  @Test
  void channelsOfTheApplicationConnectBeforeItIsReady() {
    Map<String, Object> other = new HashMap<>(properties);
    other.put("spring.application.name", "called");
    other.put("platform.start.warm-up.max", "0s");
    try (var called = TestApp.start(other)) {
      await().until(() -> etcd.server().keys("/services/called/").size() == 1);
      assertThat(called.isActive()).isTrue();
      try (var app =
          start(
              run -> await().until(() -> isConnected("called")),
              context -> new AnnotatedBeanDefinitionReader(context).register(Calling.class))) {
        assertThat(result(app)).isEqualTo(Result.DONE);
        assertThat(app.getBean(CircuitBreakerRegistry.class).getAllCircuitBreakers()).isEmpty();
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportStubs(target = "called", types = RecommendationServiceBlockingStub.class)
  static class Calling {

    /** A stub is created when it is first needed. */
    Calling(RecommendationServiceBlockingStub stub) {
      assertThat(stub).isNotNull();
    }
  }

  private boolean isConnected(String service) {
    return app().getBean(BalancedServices.class).snapshot().stream()
        .filter(balanced -> balanced.service().equals(service))
        .flatMap(balanced -> balanced.instances().stream())
        .anyMatch(instance -> instance.state() == BalancedInstance.State.CALLED);
  }

  private ConfigurableApplicationContext app() {
    return context.get();
  }

  private ConfigurableApplicationContext start(WarmUp own) {
    return start(own, context -> {});
  }

  private ConfigurableApplicationContext start(
      WarmUp own, Consumer<GenericApplicationContext> customizer) {
    return TestApp.start(
        properties,
        starting -> {
          context.set(starting);
          GenericApplicationContext beans = (GenericApplicationContext) starting;
          beans.registerBean("own", WarmUp.class, () -> own);
          customizer.accept(beans);
        });
  }

  private static List<WarmedUpPart> parts(ConfigurableApplicationContext app) {
    return app.getBean(PlatformEndpoint.class).platform().warmUp().parts();
  }

  private static Result result(ConfigurableApplicationContext app) {
    return parts(app).stream()
        .filter(part -> part.name().equals("own"))
        .findFirst()
        .orElseThrow()
        .result();
  }

  private static ReadinessState readiness(ConfigurableApplicationContext app) {
    return app.getBean(ApplicationAvailability.class).getReadinessState();
  }

  private static ServingStatus statusOfServer(ConfigurableApplicationContext app) {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", app.getBean(EtcdRegistration.class).getPort())
            .usePlaintext()
            .build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }
}
