package dev.platform.dev.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.platform.dev.tracing.ZipkinSpan.Annotation;
import dev.platform.dev.tracing.ZipkinSpan.Endpoint;
import dev.platform.dev.tracing.ZipkinSpan.Kind;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipkinTranslationTest {

  private static final String ID = "00f067aa0ba902b7";

  @Test
  void keepsIdentityAndTimeInMicroseconds() {
    ZipkinSpan span = translate(Otlp.span(ID).setParentSpanId(Otlp.bytes("b7ad6b7169203331")));
    assertThat(span.traceId()).isEqualTo(Otlp.TRACE);
    assertThat(span.id()).isEqualTo(ID);
    assertThat(span.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(span.name()).isEqualTo("order.v1.OrderService/CreateOrder");
    assertThat(span.timestamp()).isEqualTo(1_700_000_000_123_456L);
    assertThat(span.duration()).isEqualTo(2_000L);
    assertThat(span.localEndpoint()).isEqualTo(new Endpoint("order-app", null, null, null));
  }

  @Test
  void aRootHasNoParentAndAnInstantLastsOneMicrosecond() {
    ZipkinSpan span = translate(Otlp.span(ID).setEndTimeUnixNano(1_700_000_000_123_456_790L));
    assertThat(span.parentId()).isNull();
    assertThat(span.duration()).isEqualTo(1L);
  }

  @ParameterizedTest
  @CsvSource({
    "SPAN_KIND_CLIENT, CLIENT",
    "SPAN_KIND_SERVER, SERVER",
    "SPAN_KIND_PRODUCER, PRODUCER",
    "SPAN_KIND_CONSUMER, CONSUMER",
    "SPAN_KIND_INTERNAL,"
  })
  void mapsEachKind(SpanKind from, Kind to) {
    assertThat(translate(Otlp.span(ID).setKind(from)).kind()).isEqualTo(to);
  }

  @Test
  void attributesBecomeTags() {
    ZipkinSpan span =
        translate(
            Otlp.span(ID)
                .addAttributes(Otlp.text("rpc.system", "grpc"))
                .addAttributes(Otlp.number("items", 3))
                .addAttributes(
                    Otlp.attribute(
                        "list",
                        AnyValue.newBuilder()
                            .setArrayValue(
                                ArrayValue.newBuilder()
                                    .addValues(AnyValue.newBuilder().setStringValue("a\"b"))
                                    .addValues(AnyValue.newBuilder().setBoolValue(true))))));
    assertThat(span.tags())
        .containsEntry("rpc.system", "grpc")
        .containsEntry("items", "3")
        .containsEntry("list", "[\"a\\\"b\",true]");
  }

  @Test
  void onlyAFailedSpanHasAnErrorTag() {
    ZipkinSpan failed =
        translate(Otlp.span(ID).setStatus(status(StatusCode.STATUS_CODE_ERROR, "no stock")));
    assertThat(failed.tags())
        .containsEntry("error", "no stock")
        .containsEntry("otel.status_code", "ERROR");
    ZipkinSpan unnamed =
        translate(
            Otlp.span(ID)
                .setStatus(status(StatusCode.STATUS_CODE_ERROR, ""))
                .addAttributes(Otlp.text("error.type", "UNAVAILABLE")));
    assertThat(unnamed.tags()).containsEntry("error", "UNAVAILABLE");
    ZipkinSpan good = translate(Otlp.span(ID).setStatus(status(StatusCode.STATUS_CODE_OK, "")));
    assertThat(good.tags()).doesNotContainKey("error").containsEntry("otel.status_code", "OK");
    assertThat(translate(Otlp.span(ID)).tags()).doesNotContainKeys("error", "otel.status_code");
  }

  @Test
  void aCalledServiceIsTheRemoteEndpoint() {
    ZipkinSpan span =
        translate(
            Otlp.span(ID)
                .setKind(SpanKind.SPAN_KIND_CLIENT)
                .addAttributes(Otlp.text("server.address", "payment-service"))
                .addAttributes(Otlp.text("network.peer.address", "10.0.1.5"))
                .addAttributes(Otlp.number("network.peer.port", 50053)));
    assertThat(span.remoteEndpoint())
        .isEqualTo(new Endpoint("payment-service", "10.0.1.5", null, 50053));
  }

  @Test
  void aCallerIsTheRemoteEndpointOfAServerAndAnUnknownPortIsOmitted() {
    ZipkinSpan span =
        translate(
            Otlp.span(ID)
                .setKind(SpanKind.SPAN_KIND_SERVER)
                .addAttributes(Otlp.text("server.address", "this-very-service"))
                .addAttributes(Otlp.text("client.address", "::1"))
                .addAttributes(Otlp.number("net.peer.port", -1)));
    assertThat(span.remoteEndpoint()).isEqualTo(new Endpoint(null, null, "::1", null));
  }

  @Test
  void aSpanInsideOneProcessHasNoRemoteEndpoint() {
    ZipkinSpan span = translate(Otlp.span(ID).addAttributes(Otlp.text("peer.service", "x")));
    assertThat(span.remoteEndpoint()).isNull();
  }

  @Test
  void eventsBecomeAnnotations() {
    ZipkinSpan span =
        translate(
            Otlp.span(ID)
                .addEvents(event("reserved"))
                .addEvents(event("retry").addAttributes(Otlp.number("attempt", 2))));
    assertThat(span.annotations())
        .containsExactly(
            new Annotation(1_700_000_000_124_000L, "reserved"),
            new Annotation(1_700_000_000_124_000L, "\"retry\": {\"attempt\":2}"));
  }

  @Test
  void omitsSpansWithInvalidIds() {
    Span broken = Otlp.span(ID).setTraceId(ByteString.copyFromUtf8("short")).build();
    assertThat(ZipkinTranslation.translate(Otlp.spansOf("order-app", broken))).isEmpty();
  }

  private static Span.Event.Builder event(String name) {
    return Span.Event.newBuilder().setName(name).setTimeUnixNano(1_700_000_000_124_000_000L);
  }

  private static Status status(StatusCode code, String message) {
    return Status.newBuilder().setCode(code).setMessage(message).build();
  }

  private static ZipkinSpan translate(Span.Builder span) {
    return ZipkinTranslation.translate(Otlp.spansOf("order-app", span.build())).get(0);
  }
}
