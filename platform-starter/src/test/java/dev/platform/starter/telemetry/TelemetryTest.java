package dev.platform.starter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.starter.app.TestApp;
import dev.platform.starter.test.junit.EtcdExtension;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** An app that calls itself: what is seen of its calls at both ends. */
class TelemetryTest {

  private static final String RESERVE = "inventory.v1.InventoryService/Reserve";
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final CollectedSpans spans = new CollectedSpans();
  private final Map<String, Object> properties = new HashMap<>();
  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void aCallIsASpanAtEachEndOfOneTraceWithOpenTelemetrysNames() {
    reserve("any");

    SpanData client = spans.the(SpanKind.CLIENT);
    SpanData server = spans.the(SpanKind.SERVER);
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
  void goesOnWithTheTraceThatTheCallerSends() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    start();
    var unused =
        InventoryServiceGrpc.newBlockingStub(channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .reserve(request("any"));

    // The client's own span takes the place of what a stub put there.
    SpanData client = spans.the(SpanKind.CLIENT);
    assertThat(spans.the(SpanKind.SERVER).getParentSpanId()).isEqualTo(client.getSpanId());
  }

  @Test
  void anAnswerThatIsARefusalIsAnErrorOfTheClientAlone() {
    assertFails("missing", Code.NOT_FOUND);

    SpanData client = spans.the(SpanKind.CLIENT);
    assertThat(texts(client)).containsEntry("error.type", "NOT_FOUND");
    assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(client.getStatus().getDescription()).isEqualTo("no such thing");
    SpanData server = spans.the(SpanKind.SERVER);
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(texts(server))
        .containsEntry("rpc.response.status_code", "NOT_FOUND")
        .doesNotContainKey("error.type");
  }

  @Test
  void aBugIsRecordedWhereItHappened() {
    assertFails("broken", Code.INTERNAL);

    SpanData server = spans.the(SpanKind.SERVER);
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(texts(server)).containsEntry("error.type", "INTERNAL");
    assertThat(server.getEvents())
        .extracting(event -> event.getAttributes().get(AttributeKey.stringKey("exception.message")))
        .containsExactly("a bug");
  }

  @Test
  void aTimeoutIsOneAtBothEnds() {
    start();
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> stub().withDeadlineAfter(500, TimeUnit.MILLISECONDS).reserve(request("stuck")));

    assertThat(failure.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    SpanData client = spans.the(SpanKind.CLIENT);
    assertThat(client.getAttributes().get(ERROR)).isEqualTo("DEADLINE_EXCEEDED");
    assertThat(deadlinesThatEnded(client)).containsExactly("call");
    assertThat(spans.the(SpanKind.SERVER).getAttributes().get(ERROR))
        .isIn("DEADLINE_EXCEEDED", null);
  }

  @Test
  void aCallThatItsCallersTimeEndsSaysSo() throws Exception {
    start();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (Context.CancellableContext caller =
        Context.current().withDeadlineAfter(500, TimeUnit.MILLISECONDS, timer)) {
      Status status = caller.call(() -> statusOf(request("stuck")));
      assertThat(status.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    } finally {
      timer.shutdownNow();
    }

    assertThat(deadlinesThatEnded(spans.the(SpanKind.CLIENT))).containsExactly("caller");
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
  void aCancelledCallIsNoErrorOfTheServer() throws Exception {
    start();
    Context.CancellableContext context = Context.current().withCancellation();
    var call =
        context.call(() -> InventoryServiceGrpc.newFutureStub(channel()).reserve(request("stuck")));
    Awaitility.await().until(() -> !stock().trace.equals("none"));
    context.cancel(null);

    assertThat(spans.the(SpanKind.CLIENT).getAttributes().get(ERROR)).isEqualTo("CANCELLED");
    SpanData server = spans.the(SpanKind.SERVER);
    assertThat(texts(server)).containsEntry("rpc.response.status_code", "CANCELLED");
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(call).isDone();
  }

  @Test
  void aCallThatTheBreakerRefusesSaysSo() {
    start();
    app.getBean(CircuitBreakerRegistry.class)
        .circuitBreaker("telemetry")
        .transitionToForcedOpenState();
    assertFails("any", Code.UNAVAILABLE);

    SpanData client = spans.the(SpanKind.CLIENT);
    assertThat(rejections(client)).containsExactly("circuit-breaker");
    assertThat(texts(client))
        .containsEntry("error.type", "UNAVAILABLE")
        .doesNotContainKey("network.peer.address");
    assertThat(spans.all(SpanKind.SERVER, 0)).isEmpty();
  }

  @Test
  void theCallThatOpensTheBreakerSaysSo() {
    start();
    for (int i = 0; i < 6; i++) {
      assertFails("broken", Code.INTERNAL);
    }

    List<SpanData> clients = spans.all(SpanKind.CLIENT, 6);
    assertThat(events(clients.get(4))).doesNotContain("platform.circuit_breaker.transition");
    assertThat(clients.get(5).getEvents())
        .filteredOn(event -> event.getName().equals("platform.circuit_breaker.transition"))
        .extracting(
            event ->
                event.getAttributes().get(AttributeKey.stringKey("platform.circuit_breaker.state")))
        .containsExactly("OPEN");
  }

  @Test
  void aCallOverALimitIsMarkedAtBothEndsAndNoErrorOfTheServer() {
    properties.put("platform.resilience.rate-limit.server", "none");
    properties.put("resilience4j.ratelimiter.instances.none.limit-for-period", "1");
    properties.put("resilience4j.ratelimiter.instances.none.limit-refresh-period", "1h");
    properties.put("platform.resilience.retry.enabled", "false");
    reserve("any");
    spans.the(SpanKind.SERVER);
    spans.the(SpanKind.CLIENT);
    spans.clear();
    assertFails("any", Code.RESOURCE_EXHAUSTED);

    assertThat(rejections(spans.the(SpanKind.CLIENT))).containsExactly("rate-limit");
    SpanData server = spans.the(SpanKind.SERVER);
    assertThat(rejections(server)).containsExactly("rate-limit");
    assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void eachAttemptIsSeenOnceACallWasTriedAgain() {
    properties.put("platform.resilience.retry.methods", RESERVE);
    properties.put("platform.resilience.retry.initial-backoff", "1ms");
    start();
    // A channel's first call knows no service config yet.
    reserve("any");
    spans.the(SpanKind.SERVER);
    spans.the(SpanKind.CLIENT);
    spans.clear();
    reserve("flaky");

    SpanData client = spans.the(SpanKind.CLIENT);
    assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    List<SpanData> attempts = spans.all(SpanKind.INTERNAL, 3);
    assertThat(attempts)
        .allSatisfy(
            attempt -> {
              assertThat(attempt.getName()).isEqualTo("Attempt." + RESERVE);
              assertThat(attempt.getParentSpanId()).isEqualTo(client.getSpanId());
              assertThat(texts(attempt)).containsEntry("network.peer.address", "127.0.0.1");
            });
    assertThat(attempts)
        .extracting(span -> texts(span).get("rpc.response.status_code"))
        .containsExactly("UNAVAILABLE", "UNAVAILABLE", "OK");
    assertThat(attempts)
        .extracting(span -> span.getAttributes().get(AttributeKey.longKey("previous-rpc-attempts")))
        .containsExactly(0L, 1L, 2L);
    assertThat(spans.all(SpanKind.SERVER, 3))
        .allSatisfy(server -> assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId()));
    assertThat(
            app.getBean(MeterRegistry.class)
                .get("platform.retry.attempts")
                .tags("method", RESERVE, "service", "telemetry", "kind", "retry")
                .counter()
                .count())
        .isEqualTo(2);
  }

  @Test
  void streamsOfRequestsAreTraced() throws Exception {
    start();
    CompletableFuture<ImportStockResponse> answer = new CompletableFuture<>();
    StreamObserver<ImportStockRequest> lines =
        InventoryServiceGrpc.newStub(channel()).importStock(completing(answer));
    lines.onNext(ImportStockRequest.getDefaultInstance());
    lines.onCompleted();
    answer.get(20, TimeUnit.SECONDS);

    assertOneTrace("inventory.v1.InventoryService/ImportStock");
    assertThat(stock().trace).isEqualTo(spans.the(SpanKind.SERVER).getTraceId());
  }

  @Test
  void streamsOfAnswersAreTracedToTheirEnd() {
    start();
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(
        () -> {
          Iterator<?> products =
              ProductServiceGrpc.newBlockingStub(channel())
                  .listProducts(ListProductsRequest.getDefaultInstance());
          assertThat(products.next()).isNotNull();
        });
    assertThat(spans.all(SpanKind.SERVER, 0)).isEmpty();
    context.cancel(null);

    assertOneTrace("product.v1.ProductService/ListProducts");
  }

  @Test
  void streamsInBothDirectionsAreTraced() throws Exception {
    start();
    CompletableFuture<WatchStockResponse> answer = new CompletableFuture<>();
    StreamObserver<WatchStockRequest> requests =
        InventoryServiceGrpc.newStub(channel()).watchStock(completing(answer));
    requests.onNext(WatchStockRequest.getDefaultInstance());
    requests.onCompleted();
    answer.get(20, TimeUnit.SECONDS);

    assertOneTrace("inventory.v1.InventoryService/WatchStock");
  }

  @Test
  void theTraceTravelsToSpringsExecutors() {
    reserve("elsewhere");

    assertThat(stock().trace).isEqualTo(spans.the(SpanKind.SERVER).getTraceId());
  }

  @Test
  void callsAreTimedByHowTheyEnded() {
    reserve("any");
    assertFails("missing", Code.NOT_FOUND);
    spans.all(SpanKind.SERVER, 2);

    MeterRegistry meters = app.getBean(MeterRegistry.class);
    for (String side : List.of("rpc.client.call.duration", "rpc.server.call.duration")) {
      for (String code : List.of("OK", "NOT_FOUND")) {
        assertThat(
                meters
                    .get(side)
                    .tags("rpc.method", RESERVE, "rpc.response.status_code", code)
                    .timer()
                    .count())
            .as(side + " " + code)
            .isEqualTo(1);
      }
    }
  }

  @Test
  void previousKeysAreThereForWhoeverStillNeedsThem() {
    properties.put("platform.telemetry.grpc.keys", "previous");
    reserve("any");

    SpanData client = spans.the(SpanKind.CLIENT);
    assertThat(texts(client))
        .containsEntry("rpc.system", "grpc")
        .containsEntry("rpc.service", "inventory.v1.InventoryService")
        .containsEntry("rpc.method", "Reserve")
        .doesNotContainKeys("rpc.system.name", "rpc.response.status_code");
    assertThat(client.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code"))).isZero();
  }

  @Test
  void netDevhsOwnObservationIsBackWhereOursIsOff() {
    properties.put("platform.telemetry.grpc.enabled", "false");
    reserve("any");

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(app.getBean(MeterRegistry.class).find("grpc.server").timers())
                    .isNotEmpty());
    assertThat(app.getBean(MeterRegistry.class).find("rpc.server.call.duration").timers())
        .isEmpty();
  }

  @Test
  void noSpansAreMadeWhereTracingIsOff() {
    properties.put("management.tracing.enabled", "false");
    reserve("any");

    assertThat(stock().trace).isEqualTo("00000000000000000000000000000000");
    assertThat(app.getBean(MeterRegistry.class).find("rpc.client.call.duration").timers())
        .hasSize(1);
  }

  private void assertOneTrace(String name) {
    SpanData client = spans.the(SpanKind.CLIENT);
    SpanData server = spans.the(SpanKind.SERVER);
    assertThat(client.getName()).isEqualTo(name);
    assertThat(server.getName()).isEqualTo(name);
    assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
  }

  private static <A> StreamObserver<A> completing(CompletableFuture<A> last) {
    return new StreamObserver<>() {
      private A value;

      @Override
      public void onNext(A next) {
        value = next;
      }

      @Override
      public void onError(Throwable failure) {
        last.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {
        last.complete(value);
      }
    };
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

  private static Map<String, String> texts(SpanData span) {
    Map<String, String> texts = new HashMap<>();
    span.getAttributes().forEach((key, value) -> texts.put(key.getKey(), value.toString()));
    return texts;
  }

  private void assertFails(String script, Code code) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> reserve(script));
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
  }

  private void reserve(String script) {
    start();
    var unused = stub().reserve(request(script));
  }

  private static ReserveRequest request(String script) {
    return ReserveRequest.newBuilder().setReservationId(script).build();
  }

  private InventoryServiceBlockingStub stub() {
    return InventoryServiceGrpc.newBlockingStub(channel());
  }

  private Channel channel() {
    return app.getBean(GrpcChannelFactory.class).createChannel("telemetry");
  }

  private ScriptedStock stock() {
    return app.getBean(ScriptedStock.class);
  }

  private void start() {
    if (app == null) {
      properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
      properties.put("spring.application.name", "telemetry");
      properties.put("platform.registry.advertise-host", "127.0.0.1");
      properties.put("management.tracing.sampling.probability", "1.0");
      properties.put("platform.discovery.wait-for-first-list", "30s");
      properties.put("platform.deadline.default-timeout", "60s");
      app =
          TestApp.start(
              properties,
              context -> {
                GenericApplicationContext beans = (GenericApplicationContext) context;
                beans.registerBean(ScriptedStock.class);
                beans.registerBean(CollectedSpans.class, () -> spans);
              });
    }
  }
}
