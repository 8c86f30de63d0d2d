package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Spans of streams, of attempts and on other threads. */
class TelemetryOfStreamsTest extends ObservedApp {

  @Test
  void requestStreamsAreTraced() throws Exception {
    start();
    CompletableFuture<ImportStockResponse> answer = new CompletableFuture<>();
    StreamObserver<ImportStockRequest> lines =
        InventoryServiceGrpc.newStub(channel()).importStock(completing(answer));
    lines.onNext(ImportStockRequest.getDefaultInstance());
    lines.onCompleted();
    answer.get(20, TimeUnit.SECONDS);

    assertOneTrace("inventory.v1.InventoryService/ImportStock");
    assertThat(stock().trace).isEqualTo(spans.single(SpanKind.SERVER).getTraceId());
  }

  @Test
  void responseStreamsAreTracedToTheirEnd() {
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
  void bidirectionalStreamsAreTraced() throws Exception {
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
  void theTraceIsPropagatedToSpringsExecutors() {
    reserve("elsewhere");

    assertThat(stock().trace).isEqualTo(spans.single(SpanKind.SERVER).getTraceId());
  }

  @Test
  void eachAttemptOfARetriedCallIsTraced() {
    properties.put("platform.resilience.retry.methods", RESERVE);
    properties.put("platform.resilience.retry.initial-backoff", "1ms");
    start();
    // A channel's first call has no service config yet.
    reserve("any");
    spans.single(SpanKind.SERVER);
    spans.single(SpanKind.CLIENT);
    spans.clear();
    reserve("flaky");

    SpanData client = spans.single(SpanKind.CLIENT);
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
}
