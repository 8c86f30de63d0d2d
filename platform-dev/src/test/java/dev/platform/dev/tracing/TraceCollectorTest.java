package dev.platform.dev.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.platform.dev.FreePort;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class TraceCollectorTest {

  private static final String FIRST = "1111111111111111";
  private static final String SECOND = "2222222222222222";

  private final InetSocketAddress zipkinAddress = FreePort.find();
  private final InetSocketAddress address = FreePort.find();
  private TraceCollector collector;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    URI zipkin = URI.create("http://127.0.0.1:" + zipkinAddress.getPort());
    collector = TraceCollector.start(address, new DevTracingProperties(true, zipkin, 10));
    channel = NettyChannelBuilder.forAddress(address).usePlaintext().build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    collector.close();
  }

  @Test
  void otlpSpansAreForwardedAsZipkinJson() throws IOException {
    try (FakeZipkin zipkin = new FakeZipkin(zipkinAddress)) {
      export(
          Otlp.request(
              "order-app",
              Otlp.span(FIRST)
                  .setKind(SpanKind.SPAN_KIND_SERVER)
                  .addAttributes(Otlp.text("rpc.system", "grpc"))
                  .build()));

      JsonNode span = firstSpan(zipkin);
      assertThat(span.path("traceId").asText()).isEqualTo(Otlp.TRACE);
      assertThat(span.path("id").asText()).isEqualTo(FIRST);
      assertThat(span.has("parentId")).isFalse();
      assertThat(span.path("kind").asText()).isEqualTo("SERVER");
      assertThat(span.path("timestamp").isIntegralNumber()).isTrue();
      assertThat(span.path("duration").asLong()).isEqualTo(2_000);
      assertThat(span.path("localEndpoint").path("serviceName").asText()).isEqualTo("order-app");
      assertThat(span.path("tags").path("rpc.system").asText()).isEqualTo("grpc");
    }
  }

  @Test
  void aTakenAddressIsReportedAsABindException() {
    URI zipkin = URI.create("http://127.0.0.1:" + zipkinAddress.getPort());
    assertThatThrownBy(
            () -> TraceCollector.start(address, new DevTracingProperties(true, zipkin, 10)))
        .isInstanceOf(BindException.class);
  }

  @Test
  void aLateOrRestartedZipkinGetsTheLatestTraces(CapturedOutput output) throws IOException {
    export(Otlp.request("order-app", Otlp.span(FIRST).build()));
    try (FakeZipkin late = new FakeZipkin(zipkinAddress)) {
      await().atMost(Duration.ofSeconds(10)).until(() -> ids(late).contains(FIRST));
    }
    await("the outage is logged").until(() -> output.getAll().contains("is unavailable"));
    export(Otlp.request("order-app", Otlp.span(SECOND).build()));
    try (FakeZipkin again = new FakeZipkin(zipkinAddress)) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> ids(again).containsAll(List.of(FIRST, SECOND)));
    }
  }

  @Test
  void reportsTheNumberOfRejectedSpans() {
    ExportTraceServiceResponse response =
        export(
            Otlp.request(
                "order-app",
                Otlp.span(FIRST).build(),
                Otlp.span(SECOND).setSpanId(ByteString.EMPTY).build()));
    assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
  }

  @Test
  void flushesQueuedSpansAndLeavesNoThread() throws IOException {
    try (FakeZipkin zipkin = new FakeZipkin(zipkinAddress)) {
      export(Otlp.request("order-app", Otlp.span(FIRST).build()));
      firstSpan(zipkin);
      export(Otlp.request("order-app", Otlp.span(SECOND).build()));

      collector.close();

      assertThat(ids(zipkin)).contains(SECOND);
      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .map(Thread::getName)
                  .filter(name -> name.startsWith("platform-dev")))
          .isEmpty();
      assertThat(FreePort.accepts(address.getPort())).isFalse();
    }
  }

  @Test
  void keepsOnlyTheLatestTraces() {
    TraceRing ring = new TraceRing(2);
    for (String trace : List.of("a", "b", "c")) {
      ring.add(
          new ZipkinSpan(trace, null, FIRST, null, "x", 1L, 1L, null, null, List.of(), Map.of()));
    }
    assertThat(ring.spans()).extracting(ZipkinSpan::traceId).containsExactly("b", "c");
  }

  private ExportTraceServiceResponse export(ExportTraceServiceRequest request) {
    return TraceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .export(request);
  }

  private static JsonNode firstSpan(FakeZipkin zipkin) {
    await().atMost(Duration.ofSeconds(10)).until(() -> !zipkin.spans().isEmpty());
    return zipkin.spans().get(0);
  }

  private static List<String> ids(FakeZipkin zipkin) {
    return zipkin.spans().stream().map(span -> span.path("id").asText()).toList();
  }
}
