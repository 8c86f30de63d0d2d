package dev.platform.starter.telemetry;

import dev.platform.spring.telemetry.SpanCounts;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.tracing.SpanExporters;
import org.springframework.boot.actuate.autoconfigure.tracing.SpanProcessors;
import org.springframework.boot.actuate.autoconfigure.tracing.TracingProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Exports spans as Boot does and with its properties ({@code
 * management.tracing.opentelemetry.export}), but without copying each for filters where there are
 * none, which makes an export twice as dear, and without collecting batches that nobody takes.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@EnableConfigurationProperties(TracingProperties.class)
public final class SpanExportAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  BatchSpanProcessor otelSpanProcessor(
      SpanExporters exporters,
      ObjectProvider<SpanExportingPredicate> predicates,
      ObjectProvider<SpanReporter> reporters,
      ObjectProvider<SpanFilter> filters,
      SpanCounts counts,
      TracingProperties properties) {
    List<SpanExportingPredicate> allPredicates = predicates.orderedStream().toList();
    List<SpanReporter> allReporters = reporters.orderedStream().toList();
    List<SpanFilter> allFilters = filters.orderedStream().toList();
    boolean plain = allPredicates.isEmpty() && allReporters.isEmpty() && allFilters.isEmpty();
    SpanExporter exporter =
        plain
            ? SpanExporter.composite(exporters.list())
            : new CompositeSpanExporter(exporters.list(), allPredicates, allReporters, allFilters);
    TracingProperties.OpenTelemetry.Export export = properties.getOpentelemetry().getExport();
    BatchSpanProcessorBuilder builder =
        BatchSpanProcessor.builder(counts.counting(exporter))
            .setExportUnsampledSpans(export.isIncludeUnsampled())
            .setExporterTimeout(export.getTimeout())
            .setMaxExportBatchSize(export.getMaxBatchSize())
            .setMaxQueueSize(export.getMaxQueueSize())
            .setScheduleDelay(export.getScheduleDelay());
    if (!exporters.list().isEmpty()) {
      builder.setMeterProvider(counts.meterProvider());
    }
    return builder.build();
  }

  @Bean
  @ConditionalOnMissingBean
  SpanCounts spanCounts() {
    return new SpanCounts();
  }

  @Bean
  @ConditionalOnMissingBean
  SpanProcessors spanProcessors(
      ObjectProvider<SpanProcessor> processors,
      SpanExporters exporters,
      ObjectProvider<SpanReporter> reporters) {
    boolean wanted = !exporters.list().isEmpty() || reporters.stream().findAny().isPresent();
    return SpanProcessors.of(
        processors
            .orderedStream()
            .filter(processor -> wanted || !(processor instanceof BatchSpanProcessor))
            .toList());
  }
}
