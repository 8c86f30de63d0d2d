package dev.platform.boot4;

import dev.platform.spring.telemetry.ExportThreads;
import dev.platform.spring.telemetry.SpanCounts;
import dev.platform.spring.telemetry.SpanExport;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanProcessors;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;

/** {@link SpanExport} with Boot's properties, {@code management.opentelemetry.tracing.export}. */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass(SpanExporters.class)
@ConditionalOnEnabledOpenTelemetry
@EnableConfigurationProperties(OpenTelemetryTracingProperties.class)
public final class SpanExportAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  BatchSpanProcessor otelSpanProcessor(
      SpanExporters exporters,
      ObjectProvider<SpanExportingPredicate> predicates,
      ObjectProvider<SpanReporter> reporters,
      ObjectProvider<SpanFilter> filters,
      SpanCounts counts,
      OpenTelemetryTracingProperties properties) {
    OpenTelemetryTracingProperties.Export export = properties.getExport();
    return ExportThreads.start(
        new SpanExport(exporters.list(), predicates, reporters, filters)
                .processor(counts)
                .setExportUnsampledSpans(export.isIncludeUnsampled())
                .setExporterTimeout(export.getTimeout())
                .setMaxExportBatchSize(export.getMaxBatchSize())
                .setMaxQueueSize(export.getMaxQueueSize())
                .setScheduleDelay(export.getScheduleDelay())
            ::build);
  }

  @Bean
  SpanCounts spanCounts() {
    return new SpanCounts();
  }

  @Bean
  @ConditionalOnMissingBean
  SpanProcessors spanProcessors(
      ObjectProvider<SpanProcessor> processors,
      SpanExporters exporters,
      ObjectProvider<SpanReporter> reporters) {
    return SpanProcessors.of(
        SpanExport.needed(processors.orderedStream(), exporters.list(), reporters));
  }
}
