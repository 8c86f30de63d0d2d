package dev.platform.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

class EdgeTraceTest extends FullMallTest {

  private static final List<SpanData> SPANS = new CopyOnWriteArrayList<>();

  @Test
  void aRequestIsTheParentOfItsCallAndItsTraceIsReturned() {
    HttpResponse<String> placed = send(post(orderJson("p-mug", 1)));

    assertThat(placed.statusCode()).isEqualTo(201);
    String traceId = traceOf(placed);
    assertThat(placed.headers().firstValue("Link"))
        .contains("<" + TRACES + traceId + ">; rel=\"trace\"");
    SpanData call = span(traceId, SpanKind.SERVER, "order.v1.OrderService/CreateOrder");
    SpanData request =
        Awaitility.await()
            .atMost(SOON)
            .until(() -> find(traceId, call.getParentSpanId()), found -> found != null);
    assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(request.getName()).isEqualTo("POST /api/orders");
    assertThat(span(traceId, SpanKind.CLIENT, "payment.v1.PaymentService/CreatePayment"))
        .isNotNull();
  }

  @Test
  void aRefusedRequestHasATraceToo() {
    HttpResponse<String> refused = send(post("{"));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(traceOf(refused)).matches("[0-9a-f]{32}");
  }

  @Test
  void continuesTheClientsTraceAndSamplingDecision() {
    String traceId = "0af7651916cd43dd8448eb211c80319c";

    HttpResponse<String> placed =
        send(
            post(orderJson("p-mug", 1))
                .header("traceparent", "00-" + traceId + "-b7ad6b7169203331-00"));

    assertThat(placed.headers().firstValue("traceresponse").orElseThrow())
        .startsWith("00-" + traceId + "-")
        .endsWith("-00");
    assertThat(placed.headers().firstValue("Link")).isEmpty();
  }

  private static String traceOf(HttpResponse<String> response) {
    return response.headers().firstValue("traceresponse").orElseThrow().substring(3, 35);
  }

  private static SpanData span(String traceId, SpanKind kind, String name) {
    return Awaitility.await(name)
        .atMost(SOON)
        .until(
            () ->
                SPANS.stream()
                    .filter(span -> span.getTraceId().equals(traceId))
                    .filter(span -> span.getKind() == kind && span.getName().equals(name))
                    .findFirst()
                    .orElse(null),
            found -> found != null);
  }

  private static SpanData find(String traceId, String spanId) {
    return SPANS.stream()
        .filter(span -> span.getTraceId().equals(traceId) && span.getSpanId().equals(spanId))
        .findFirst()
        .orElse(null);
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class Collecting {

    @Bean
    SpanProcessor collectingSpanProcessor() {
      return SimpleSpanProcessor.create(new Collector());
    }
  }

  private static final class Collector implements SpanExporter {

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      SPANS.addAll(spans);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
