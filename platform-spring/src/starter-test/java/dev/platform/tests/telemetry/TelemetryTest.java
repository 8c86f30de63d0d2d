package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Spans of a call by outcome. */
class TelemetryTest extends ObservedApp {

  private static final AttributeKey<String> BREAKER_STATE =
      AttributeKey.stringKey("platform.circuit_breaker.state");

  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  @Test
  void aCallHasTwoSpansOfOneTraceWithOpenTelemetrysNames() {
    reserve("any");

    SpanData client = spans.single(SpanKind.CLIENT);
    SpanData server = spans.single(SpanKind.SERVER);
    assertThat(client.getName()).isEqualTo(RESERVE);
    assertThat(texts(client))
        .containsEntry("rpc.system.name", "grpc")
        .containsEntry("rpc.method", RESERVE)
        .containsEntry("rpc.response.status_code", "OK")
        .containsEntry("server.address", "telemetry")
        .containsEntry("network.peer.address", "127.0.0.1")
        .doesNotContainKeys("error.type", "rpc.service");
    assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(server.getName()).isEqualTo(RESERVE);
    assertThat(texts(server))
        .containsEntry("rpc.system.name", "grpc")
        .containsEntry("rpc.method", RESERVE)
        .containsEntry("rpc.response.status_code", "OK")
        .containsEntry("network.peer.address", "127.0.0.1")
        .doesNotContainKeys("error.type", "server.address");
    assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
    assertThat(server.getTraceId()).isEqualTo(client.getTraceId());
    assertThat(stock().trace).isEqualTo(client.getTraceId());
  }

  @Test
  void continuesTheCallersTrace() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    start();
    var unused =
        InventoryServiceGrpc.newBlockingStub(channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .reserve(request("any"));

    // The client's span replaces the trace context that the stub attached.
    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(spans.single(SpanKind.SERVER).getParentSpanId()).isEqualTo(client.getSpanId());
  }

  @Test
  void aBusinessErrorIsAnErrorOfTheClientSpanOnly() {
    assertFails("missing", Code.NOT_FOUND);

    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(texts(client)).containsEntry("error.type", "NOT_FOUND");
    assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(client.getStatus().getDescription()).isEqualTo("no such thing");
    SpanData server = spans.single(SpanKind.SERVER);
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(texts(server))
        .containsEntry("rpc.response.status_code", "NOT_FOUND")
        .doesNotContainKey("error.type");
  }

  @Test
  void aBugIsRecordedWhereItHappened() {
    assertFails("broken", Code.INTERNAL);

    SpanData server = spans.single(SpanKind.SERVER);
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(texts(server)).containsEntry("error.type", "INTERNAL");
    assertThat(server.getEvents())
        .extracting(event -> event.getAttributes().get(AttributeKey.stringKey("exception.message")))
        .containsExactly("a bug");
  }

  @Test
  void aTimeoutIsRecordedOnBothSides() {
    connect();
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> stub().withDeadlineAfter(500, TimeUnit.MILLISECONDS).reserve(request("stuck")));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(client.getAttributes().get(ERROR)).isEqualTo("DEADLINE_EXCEEDED");
    assertThat(deadlinesThatEnded(client)).containsExactly("call");
    assertThat(spans.single(SpanKind.SERVER).getAttributes().get(ERROR))
        .isIn("DEADLINE_EXCEEDED", null);
  }

  @Test
  void aCallEndedByItsCallersDeadlineIsMarked() throws Exception {
    connect();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (Context.CancellableContext caller =
        Context.current().withDeadlineAfter(500, TimeUnit.MILLISECONDS, timer)) {
      Status status = caller.call(() -> statusOf(request("stuck")));
      assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    } finally {
      timer.shutdownNow();
    }

    assertThat(deadlinesThatEnded(spans.single(SpanKind.CLIENT))).containsExactly("caller");
  }

  /** A short deadline may pass before the first call has a connection. */
  private void connect() {
    reserve("any");
    spans.single(SpanKind.SERVER);
    spans.single(SpanKind.CLIENT);
    spans.clear();
  }

  private Status statusOf(ReserveRequest request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> stub().reserve(request))
        .getStatus();
  }

  private static List<String> deadlinesThatEnded(SpanData span) {
    return span.getEvents().stream()
        .filter(event -> event.getName().equals("platform.deadline.exceeded"))
        .map(event -> event.getAttributes().get(AttributeKey.stringKey("platform.deadline.of")))
        .toList();
  }

  @Test
  void aCallRejectedByTheBreakerIsMarked() {
    start();
    app.getBean(CircuitBreakerRegistry.class)
        .circuitBreaker("telemetry")
        .transitionToForcedOpenState();
    assertFails("any", Code.UNAVAILABLE);

    SpanData client = spans.single(SpanKind.CLIENT);
    assertThat(rejections(client)).containsExactly("circuit-breaker");
    assertThat(texts(client))
        .containsEntry("error.type", "UNAVAILABLE")
        .doesNotContainKey("network.peer.address");
    assertThat(spans.all(SpanKind.SERVER, 0)).isEmpty();
  }

  @Test
  void theCallThatOpensTheBreakerIsMarked() {
    start();
    for (int i = 0; i < 6; i++) {
      assertFails("broken", Code.INTERNAL);
    }

    List<SpanData> clients = spans.all(SpanKind.CLIENT, 6);
    assertThat(transitions(clients.get(4))).isEmpty();
    assertThat(transitions(clients.get(5))).containsExactly("OPEN");
  }

  @Test
  void trialCallsOfAHalfOpenBreakerAreMarked() {
    start();
    CircuitBreaker breaker = app.getBean(CircuitBreakerRegistry.class).circuitBreaker("telemetry");
    breaker.transitionToOpenState();
    breaker.transitionToHalfOpenState();
    reserve("any");
    reserve("any");
    reserve("any");
    reserve("any");

    List<SpanData> clients = spans.all(SpanKind.CLIENT, 4);
    assertThat(clients.subList(0, 3)).allMatch(TelemetryTest::isTrial);
    assertThat(isTrial(clients.get(3))).isFalse();
    assertThat(transitions(clients.get(1))).isEmpty();
    assertThat(transitions(clients.get(2))).containsExactly("CLOSED");
  }

  private static boolean isTrial(SpanData span) {
    return span.getEvents().stream()
        .anyMatch(event -> event.getName().equals("platform.circuit_breaker.trial"));
  }

  private static List<String> transitions(SpanData span) {
    return span.getEvents().stream()
        .filter(event -> event.getName().equals("platform.circuit_breaker.transition"))
        .map(event -> event.getAttributes().get(BREAKER_STATE))
        .toList();
  }

  @Test
  void aCallOverALimitIsMarkedOnBothSidesAndIsNoServerError() {
    properties.put("platform.resilience.rate-limit.server", "none");
    properties.put("resilience4j.ratelimiter.instances.none.limit-for-period", "1");
    properties.put("resilience4j.ratelimiter.instances.none.limit-refresh-period", "1h");
    properties.put("platform.resilience.retry.enabled", "false");
    reserve("any");
    spans.single(SpanKind.SERVER);
    spans.single(SpanKind.CLIENT);
    spans.clear();
    assertFails("any", Code.RESOURCE_EXHAUSTED);

    assertThat(rejections(spans.single(SpanKind.CLIENT))).containsExactly("rate-limit");
    SpanData server = spans.single(SpanKind.SERVER);
    assertThat(rejections(server)).containsExactly("rate-limit");
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  private static List<String> events(SpanData span) {
    return span.getEvents().stream().map(EventData::getName).toList();
  }

  private static List<String> rejections(SpanData span) {
    return span.getEvents().stream()
        .filter(event -> event.getName().equals("platform.rejected"))
        .map(EventData::getAttributes)
        .map(attributes -> attributes.get(AttributeKey.stringKey("platform.rejected_by")))
        .toList();
  }
}
