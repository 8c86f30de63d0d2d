package dev.platform.boot4;

import dev.platform.spring.telemetry.ExportThreads;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.boot.opentelemetry.autoconfigure.logging.OpenTelemetryLoggingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.logging.OpenTelemetryLoggingProperties;
import org.springframework.context.annotation.Bean;

/** Exports log records as Boot does, on a thread without the web server's class loader. */
@AutoConfiguration(before = OpenTelemetryLoggingAutoConfiguration.class)
@ConditionalOnClass({SdkLoggerProvider.class, OpenTelemetryLoggingProperties.class})
@ConditionalOnEnabledOpenTelemetry
@EnableConfigurationProperties(OpenTelemetryLoggingProperties.class)
public final class LogExportAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  BatchLogRecordProcessor openTelemetryBatchLogRecordProcessor(
      ObjectProvider<LogRecordExporter> exporters, OpenTelemetryLoggingProperties properties) {
    OpenTelemetryLoggingProperties.Export export = properties.getExport();
    LogRecordExporter all = LogRecordExporter.composite(exporters.orderedStream().toList());
    return ExportThreads.start(
        () ->
            BatchLogRecordProcessor.builder(all)
                .setExporterTimeout(export.getTimeout())
                .setMaxQueueSize(export.getMaxQueueSize())
                .setScheduleDelay(export.getScheduleDelay())
                .setMaxExportBatchSize(export.getMaxBatchSize())
                .build());
  }
}
