package dev.platform.spring.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * Counts recorded spans: exported, dropped because the queue was full, or failed because the
 * collector did not accept them. OpenTelemetry's own processor counts the first two, in the {@link
 * MeterProvider} from here. Thread-safe; read when meters are.
 */
public final class SpanCounts implements MeterBinder {

  private static final String COUNTER = "processedSpans";
  private static final AttributeKey<Boolean> DROPPED = AttributeKey.booleanKey("dropped");

  private final Reader reader = new Reader();
  private final AtomicLong failed = new AtomicLong();

  /** The provider for the processor. */
  public MeterProvider meterProvider() {
    return SdkMeterProvider.builder().registerMetricReader(reader).build();
  }

  /** Counts what this exporter fails to export. */
  public SpanExporter counting(SpanExporter exporter) {
    return new Counting(exporter);
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    counter("exported", meters, counts -> counts.processed(false));
    counter("dropped", meters, counts -> counts.processed(true));
    counter("failed", meters, counts -> counts.failed.get());
  }

  private void counter(String result, MeterRegistry meters, ToDoubleFunction<SpanCounts> count) {
    FunctionCounter.builder("platform.tracing.spans", this, count)
        .description("Recorded spans, by result")
        .tag("result", result)
        .register(meters);
  }

  private long processed(boolean dropped) {
    return reader.registration.collectAllMetrics().stream()
        .filter(metric -> metric.getName().equals(COUNTER))
        .map(MetricData::getLongSumData)
        .flatMap(sum -> sum.getPoints().stream())
        .filter(point -> Objects.equals(point.getAttributes().get(DROPPED), dropped))
        .mapToLong(LongPointData::getValue)
        .sum();
  }

  private static final class Reader implements MetricReader {

    private volatile CollectionRegistration registration = CollectionRegistration.noop();

    @Override
    public void register(CollectionRegistration newRegistration) {
      registration = newRegistration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType instrumentType) {
      return AggregationTemporality.CUMULATIVE;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private final class Counting implements SpanExporter {

    private final SpanExporter exporter;

    Counting(SpanExporter exporter) {
      this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      CompletableResultCode result = exporter.export(spans);
      int size = spans.size();
      result.whenComplete(
          () -> {
            if (!result.isSuccess()) {
              failed.addAndGet(size);
            }
          });
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }

    @Override
    public String toString() {
      return exporter.toString();
    }
  }
}
