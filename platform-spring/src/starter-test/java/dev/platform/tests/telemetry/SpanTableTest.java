package dev.platform.tests.telemetry;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import dev.platform.tests.line.TestGrpcService;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Client and server spans by method type and outcome. */
class SpanTableTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String SERVICE = "table.v1.Calls";
  private static final String LIMITED = "limited.v1.Calls";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static final CollectedSpans spans = new CollectedSpans();
  private static ConfigurableApplicationContext app;
  private static Channel channel;

  @BeforeAll
  static void start() {
    app =
        TestApp.start(
            Map.ofEntries(
                entry("spring.application.name", "table"),
                entry("platform.etcd.endpoints", etcd.endpoint().toString()),
                entry("platform.discovery.wait-for-first-list", "30s"),
                entry("management.tracing.sampling.probability", "1.0"),
                // Otherwise health checks would probe the services that are silent on purpose.
                entry("platform.grpc.avoid-silent-instances", "false"),
                entry("platform.resilience.circuit-breaker.consecutive-failures", "0"),
                entry("platform.resilience.rate-limit.methods[" + LIMITED + "]", "none"),
                entry("resilience4j.ratelimiter.instances.none.limit-for-period", "1"),
                entry("resilience4j.ratelimiter.instances.none.limit-refresh-period", "1h")),
            context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(Table.class);
              beans.registerBean(Limited.class);
              beans.registerBean(CollectedSpans.class, () -> spans);
            });
    channel = Line.channel(app, "table");
    assertThat(new StartedCall(LIMITED, MethodType.UNARY, "well").end().getCode())
        .isEqualTo(Code.OK);
    spans.single(SpanKind.SERVER);
    spans.single(SpanKind.CLIENT);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  @BeforeEach
  void clear() {
    spans.clear();
  }

  @TestGrpcService
  static class Table extends AllKindsOfCalls {
    Table() {
      super(SERVICE);
    }
  }

  @TestGrpcService
  static class Limited extends AllKindsOfCalls {
    Limited() {
      super(LIMITED);
    }
  }

  @ParameterizedTest
  @KindsOfCalls
  void success(MethodType type) {
    Status end = new StartedCall(SERVICE, type, "well").end();

    assertThat(end.getCode()).isEqualTo(Code.OK);
    assertEnd(client(SERVICE, type), "OK", StatusCode.UNSET, null, "success");
    assertEnd(server(SERVICE, type), "OK", StatusCode.UNSET, null, "success");
  }

  @ParameterizedTest
  @KindsOfCalls
  void businessError(MethodType type) {
    Status end = new StartedCall(SERVICE, type, "refused").end();

    assertThat(end.getCode()).isEqualTo(Code.NOT_FOUND);
    assertEnd(client(SERVICE, type), "NOT_FOUND", StatusCode.ERROR, "NOT_FOUND", "success");
    assertEnd(server(SERVICE, type), "NOT_FOUND", StatusCode.UNSET, null, "success");
  }

  @ParameterizedTest
  @KindsOfCalls
  void failure(MethodType type) {
    Status end = new StartedCall(SERVICE, type, "broken").end();

    assertThat(end.getCode()).isEqualTo(Code.INTERNAL);
    assertEnd(client(SERVICE, type), "INTERNAL", StatusCode.ERROR, "INTERNAL", "failure");
    SpanData server = server(SERVICE, type);
    assertEnd(server, "INTERNAL", StatusCode.ERROR, "INTERNAL", "failure");
    assertThat(events(server)).contains("exception");
  }

  @ParameterizedTest
  @KindsOfCalls
  void timeout(MethodType type) {
    Status end =
        new StartedCall(
                SERVICE,
                type,
                "stuck",
                CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS))
            .end();

    assertThat(end.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    SpanData client = client(SERVICE, type);
    assertEnd(client, "DEADLINE_EXCEEDED", StatusCode.ERROR, "DEADLINE_EXCEEDED", "failure");
    assertThat(events(client)).contains("platform.deadline.exceeded");
    // Either the server's own deadline or the client's cancellation comes first.
    assertThat(texts(server(SERVICE, type)).get("rpc.response.status_code"))
        .isIn("DEADLINE_EXCEEDED", "CANCELLED");
  }

  @ParameterizedTest
  @KindsOfCalls
  void cancel(MethodType type) {
    AllKindsOfCalls served = app.getBean(Table.class);
    int before = served.stuck();
    StartedCall made = new StartedCall(SERVICE, type, "stuck");
    await().atMost(TIMEOUT).until(() -> served.stuck() > before);
    made.cancel();

    assertThat(made.end().getCode()).isEqualTo(Code.CANCELLED);
    assertEnd(client(SERVICE, type), "CANCELLED", StatusCode.ERROR, "CANCELLED", "ignored");
    assertEnd(server(SERVICE, type), "CANCELLED", StatusCode.UNSET, null, "ignored");
  }

  @ParameterizedTest
  @KindsOfCalls
  void rejectedByTheBreaker(MethodType type) {
    CircuitBreaker breaker = app.getBean(CircuitBreakerRegistry.class).circuitBreaker("table");
    breaker.transitionToForcedOpenState();
    Status end = new StartedCall(SERVICE, type, "well").end();
    breaker.transitionToClosedState();

    assertThat(end.getCode()).isEqualTo(Code.UNAVAILABLE);
    SpanData client = client(SERVICE, type);
    assertEnd(client, "UNAVAILABLE", StatusCode.ERROR, "UNAVAILABLE", "ignored");
    assertThat(events(client)).contains("platform.rejected");
    assertThat(texts(client)).doesNotContainKey("network.peer.address");
    assertThat(spans.all(SpanKind.SERVER, 0)).isEmpty();
  }

  @ParameterizedTest
  @KindsOfCalls
  void rejectedByALimit(MethodType type) {
    Status end = new StartedCall(LIMITED, type, "well").end();

    assertThat(end.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    SpanData client = client(LIMITED, type);
    assertEnd(client, "RESOURCE_EXHAUSTED", StatusCode.ERROR, "RESOURCE_EXHAUSTED", "ignored");
    SpanData server = server(LIMITED, type);
    assertEnd(server, "RESOURCE_EXHAUSTED", StatusCode.UNSET, null, "ignored");
    assertThat(events(client)).contains("platform.rejected");
    assertThat(events(server)).contains("platform.rejected");
  }

  private static SpanData client(String service, MethodType type) {
    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(client.getName()).isEqualTo(service + "/" + type);
    assertThat(client.getParentSpanContext().isValid()).isFalse();
    assertThat(texts(client))
        .containsEntry("rpc.system.name", "grpc")
        .containsEntry("rpc.method", service + "/" + type)
        .containsEntry("server.address", "table");
    return client;
  }

  private static SpanData server(String service, MethodType type) {
    SpanData client = spans.single(SpanKind.CLIENT);
    SpanData server = spans.single(SpanKind.SERVER);
    assertThat(server.getName()).isEqualTo(service + "/" + type);
    assertThat(server.getTraceId()).isEqualTo(client.getTraceId());
    assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
    assertThat(texts(server))
        .containsEntry("rpc.system.name", "grpc")
        .containsEntry("rpc.method", service + "/" + type);
    assertThat(texts(client)).containsEntry("network.peer.address", "127.0.0.1");
    return server;
  }

  private static void assertEnd(
      SpanData span, String code, StatusCode status, @Nullable String error, String outcome) {
    assertThat(span.hasEnded()).isTrue();
    assertThat(span.getStatus().getStatusCode()).isEqualTo(status);
    Map<String, String> texts = texts(span);
    assertThat(texts).containsEntry("rpc.response.status_code", code);
    assertThat(texts.get("error.type")).isEqualTo(error);
    assertThat(texts).containsEntry("platform.outcome", outcome);
  }

  private static Map<String, String> texts(SpanData span) {
    return ObservedApp.texts(span);
  }

  private static List<String> events(SpanData span) {
    return span.getEvents().stream().map(event -> event.getName()).toList();
  }

  /** A call with one request, and its final status. */
  private static final class StartedCall extends ClientCall.Listener<ReserveResponse> {

    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final ClientCall<ReserveRequest, ReserveResponse> call;

    StartedCall(String service, MethodType type, String script) {
      this(service, type, script, CallOptions.DEFAULT);
    }

    StartedCall(String service, MethodType type, String script, CallOptions options) {
      call = channel.newCall(AllKindsOfCalls.method(service, type), options);
      call.start(this, new Metadata());
      call.request(2);
      call.sendMessage(ObservedApp.request(script));
      call.halfClose();
    }

    void cancel() {
      call.cancel("no longer wanted", null);
    }

    Status end() {
      return end.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }
}
