package dev.platform.tests.chain;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.call.DiscoveredCalls;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerStage;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestClientInterceptor;
import dev.platform.tests.line.TestServerInterceptor;
import dev.platform.tests.telemetry.CollectedSpans;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.Order;

/** The order of interceptors in an app that calls itself with all features on. */
class InterceptorOrderTest {

  /** The order of net.devh's security. */
  private static final int SECURITY = 5000;

  private static final List<String> OUTER =
      List.of(
          "UnfinishedCalls",
          "TrailerLimitServerInterceptor",
          "RejectionServerInterceptor",
          "TelemetryServerInterceptor",
          "AuthenticationServerInterceptor",
          "AuthorizationServerInterceptor");

  private static final List<String> INNER =
      List.of(
          "DeadlineServerInterceptor",
          "PriorityServerInterceptor",
          "RetryServerInterceptor",
          "RateLimitServerInterceptor",
          "ConcurrencyLimitServerInterceptor",
          "FaultServerInterceptor",
          "FailureServerInterceptor",
          "OpenCalls");

  private static final List<String> CLIENT =
      List.of(
          "CallRecorder",
          "TelemetryClientInterceptor",
          "DeadlineClientInterceptor",
          "CircuitBreakerClientInterceptor",
          "CallerClientInterceptor",
          "PriorityClientInterceptor",
          "UserTokenClientInterceptor",
          "RetryClientInterceptor",
          "FaultClientInterceptor");

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static final CollectedSpans spans = new CollectedSpans();
  private static ConfigurableApplicationContext app;

  @BeforeAll
  static void start() {
    app =
        TestApp.start(
            Map.ofEntries(
                entry("spring.application.name", "order"),
                entry("platform.etcd.endpoints", etcd.endpoint().toString()),
                entry("platform.discovery.wait-for-first-list", "30s"),
                entry("platform.deadline.default-timeout", "60s"),
                entry("platform.fault-injection.enabled", "true"),
                entry("platform.security.authorization.mode", "shadow"),
                entry("platform.resilience.concurrency-limit.mode", "fixed"),
                entry("platform.resilience.rate-limit.server", "all"),
                entry("resilience4j.ratelimiter.instances.all.limit-for-period", "1000"),
                entry("resilience4j.ratelimiter.instances.all.limit-refresh-period", "1h"),
                entry("management.tracing.sampling.probability", "1.0")),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(Unordered.class);
              beans.registerBean(Security.class);
              beans.registerBean(UnorderedClient.class);
              beans.registerBean(OuterClient.class);
              beans.registerBean(CollectedSpans.class, () -> spans);
            });
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @Test
  void listsAllStages() {
    List<ServerStage> stages = new ArrayList<>(List.of(ServerStage.values()));
    // Only with Spring Security, whose context it is.
    assertThat(stages.remove(ServerStage.SECURITY_CONTEXT)).isTrue();
    assertThat(stages).hasSameSizeAs(join(OUTER, INNER));
    assertThat(ClientStage.values()).hasSameSizeAs(CLIENT);
  }

  @Test
  void aServerInterceptorWithoutAnOrderIsNextToTheHandler() {
    call();

    assertThat(app.getBean(Unordered.class).outside)
        .filteredOn(name -> !name.equals("Security"))
        .isEqualTo(join(OUTER, INNER));
  }

  @Test
  void securityIsInsideTelemetryAndOutsideLimitsAndDeadlines() {
    call();

    assertThat(app.getBean(Security.class).outside).isEqualTo(OUTER);
    assertThat(app.getBean(Unordered.class).outside)
        .isEqualTo(join(OUTER, join(List.of("Security"), INNER)));
  }

  @Test
  void aClientInterceptorWithoutAnOrderIsNextToTheChannel() {
    call();

    assertThat(app.getBean(UnorderedClient.class).outside)
        .filteredOn(name -> !name.equals("OuterClient"))
        .isEqualTo(CLIENT);
  }

  @Test
  void aClientInterceptorWithALowerOrderIsOutsideThePlatforms() {
    call();

    assertThat(app.getBean(OuterClient.class).outside).isEmpty();
    assertThat(app.getBean(UnorderedClient.class).outside)
        .isEqualTo(join(List.of("OuterClient"), CLIENT));
  }

  @Test
  void aCallRejectedBySecurityIsObservedAndDoesNotCountAgainstLimits() {
    int permitted = permitted();
    Security security = app.getBean(Security.class);
    security.refuses = true;
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, InterceptorOrderTest::ask);
    security.refuses = false;
    SpanData span = spans.single(SpanKind.SERVER);
    spans.single(SpanKind.CLIENT);
    spans.clear();

    assertThat(refused.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(span.getName()).endsWith("RecommendationService/GetRecommendations");
    assertThat(span.getAttributes().get(AttributeKey.stringKey("rpc.response.status_code")))
        .isEqualTo("PERMISSION_DENIED");
    await().atMost(Duration.ofSeconds(20)).until(() -> timedRefusals() == 1);
    assertThat(permitted()).isEqualTo(permitted);
  }

  private static long timedRefusals() {
    return app
        .getBean(MeterRegistry.class)
        .find("rpc.server.call.duration")
        .tag("rpc.response.status_code", "PERMISSION_DENIED")
        .timers()
        .stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  private static int permitted() {
    return app.getBean(RateLimiterRegistry.class)
        .rateLimiter("all")
        .getMetrics()
        .getAvailablePermissions();
  }

  /** Returns after both ends have recorded the call. */
  private static void call() {
    ask();
    spans.single(SpanKind.SERVER);
    spans.single(SpanKind.CLIENT);
    spans.clear();
  }

  private static void ask() {
    var unused =
        RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "order"))
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private static List<String> join(List<String> first, List<String> then) {
    List<String> both = new ArrayList<>(first);
    both.addAll(then);
    return both;
  }

  /** The interceptors of the platform and of this test that wrap {@code own}, outermost first. */
  private static List<String> outside(Object own) {
    List<String> names =
        new ArrayList<>(
            StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(
                    frames ->
                        frames
                            .filter(frame -> frame.getMethodName().equals("interceptCall"))
                            .map(StackWalker.StackFrame::getDeclaringClass)
                            .filter(type -> isOfInterest(type) && type != own.getClass())
                            .map(Class::getSimpleName)
                            .toList()));
    Collections.reverse(names);
    return names;
  }

  private static boolean isOfInterest(Class<?> type) {
    return type.getEnclosingClass() == InterceptorOrderTest.class
        || (type.getName().startsWith("dev.platform.core.")
            // Marks the calls of a channel, outside of the chain.
            && type != DiscoveredCalls.class
            && (!type.getPackageName().endsWith(".chain")
                || type.getSimpleName().startsWith("Caller")));
  }

  @TestServerInterceptor
  static class Unordered implements ServerInterceptor {

    volatile List<String> outside = List.of();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      outside = outside(this);
      return next.startCall(call, headers);
    }
  }

  @TestServerInterceptor
  @Order(SECURITY)
  static class Security implements ServerInterceptor {

    volatile List<String> outside = List.of();
    volatile boolean refuses;

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      outside = outside(this);
      if (!refuses) {
        return next.startCall(call, headers);
      }
      call.close(Status.PERMISSION_DENIED, new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  @TestClientInterceptor
  static class UnorderedClient implements ClientInterceptor {

    volatile List<String> outside = List.of();

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      outside = outside(this);
      return next.newCall(method, options);
    }
  }

  @TestClientInterceptor
  @Order(1)
  static class OuterClient implements ClientInterceptor {

    volatile List<String> outside = List.of();

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      outside = outside(this);
      return next.newCall(method, options);
    }
  }
}
