package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelFactory;

/** Spans and timers of calls in an app that calls itself. */
class TelemetryTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void bothSidesOfACallAreOneTraceAndExported() {
    start(Map.of());
    ask();
    List<SpanData> spans = exported(2);
    SpanData client = of(SpanKind.CLIENT, spans);
    SpanData server = of(SpanKind.SERVER, spans);
    assertThat(client.getName()).isEqualTo(METHOD);
    assertThat(server.getName()).isEqualTo(METHOD);
    assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    assertThat(meters.get("rpc.server.call.duration").timer().count()).isEqualTo(1);
    assertThat(meters.get("rpc.client.call.duration").timer().count()).isEqualTo(1);
    assertThat(meters.find("grpc.server").timers()).isEmpty();
    assertThat(
            meters
                .get("platform.tracing.spans")
                .tag("result", "exported")
                .functionCounter()
                .count())
        .isEqualTo(2);
  }

  @Test
  void leavesObservationToSpringIfThePlatformsIsDisabled() {
    start(Map.of("platform.telemetry.grpc.enabled", "false"));
    ask();
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    await().until(() -> !meters.find("grpc.server").timers().isEmpty());
    assertThat(meters.find("grpc.client").timers()).isNotEmpty();
    assertThat(meters.find("rpc.server.call.duration").timers()).isEmpty();
  }

  private void start(Map<String, ?> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("platform.etcd.endpoints", etcd.endpoint().toString());
    all.put("management.tracing.sampling.probability", "1.0");
    all.put("management.opentelemetry.tracing.export.schedule-delay", "50ms");
    app = Shop.start(all, Exporting.class);
  }

  private void ask() {
    var answer =
        RecommendationServiceGrpc.newBlockingStub(
                app.getBean(GrpcChannelFactory.class).createChannel("shop"))
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    assertThat(answer.getProductIds(0)).isEqualTo("one");
  }

  private List<SpanData> exported(int count) {
    return await()
        .until(() -> List.copyOf(app.getBean(Spans.class).exported), all -> all.size() == count);
  }

  private static SpanData of(SpanKind kind, List<SpanData> spans) {
    return spans.stream().filter(span -> span.getKind() == kind).findFirst().orElseThrow();
  }

  static class Exporting {
    @Bean
    Spans spans() {
      return new Spans();
    }
  }

  static final class Spans implements SpanExporter {

    final List<SpanData> exported = new CopyOnWriteArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      exported.addAll(spans);
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
