package dev.platform.spring.telemetry;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Exports spans as Boot does, but without copying each span for filters when there are none, which
 * would double the cost, and without collecting batches when there is no exporter. Boot's types for
 * it differ between its generations.
 */
public final class SpanExport {

  private final Collection<SpanExporter> exporters;
  private final List<SpanExportingPredicate> predicates;
  private final List<SpanReporter> reporters;
  private final List<SpanFilter> filters;

  public SpanExport(
      Collection<SpanExporter> exporters,
      ObjectProvider<SpanExportingPredicate> predicates,
      ObjectProvider<SpanReporter> reporters,
      ObjectProvider<SpanFilter> filters) {
    this.exporters = exporters;
    this.predicates = predicates.orderedStream().toList();
    this.reporters = reporters.orderedStream().toList();
    this.filters = filters.orderedStream().toList();
  }

  /** A processor that counts, for Boot's settings. */
  public BatchSpanProcessorBuilder processor(SpanCounts counts) {
    boolean plain = predicates.isEmpty() && reporters.isEmpty() && filters.isEmpty();
    SpanExporter exporter =
        plain
            ? SpanExporter.composite(exporters)
            : new CompositeSpanExporter(exporters, predicates, reporters, filters);
    BatchSpanProcessorBuilder builder = BatchSpanProcessor.builder(counts.counting(exporter));
    if (!exporters.isEmpty()) {
      builder.setMeterProvider(counts.meterProvider());
    }
    return builder;
  }

  /** The processors with work to do. */
  public static List<SpanProcessor> needed(
      Stream<SpanProcessor> processors,
      Collection<SpanExporter> exporters,
      ObjectProvider<SpanReporter> reporters) {
    boolean wanted = !exporters.isEmpty() || reporters.stream().findAny().isPresent();
    return processors
        .filter(processor -> wanted || !(processor instanceof BatchSpanProcessor))
        .toList();
  }
}
