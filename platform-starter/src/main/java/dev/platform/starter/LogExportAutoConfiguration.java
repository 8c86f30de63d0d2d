package dev.platform.starter;

import dev.platform.spring.telemetry.ExportThreads;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.logging.OpenTelemetryLoggingAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Exports log records as Boot does, on a thread without the web server's class loader. */
@AutoConfiguration(before = OpenTelemetryLoggingAutoConfiguration.class)
@ConditionalOnClass({
  SdkLoggerProvider.class,
  OpenTelemetry.class,
  OpenTelemetryLoggingAutoConfiguration.class
})
public final class LogExportAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  BatchLogRecordProcessor batchLogRecordProcessor(ObjectProvider<LogRecordExporter> exporters) {
    LogRecordExporter all = LogRecordExporter.composite(exporters.orderedStream().toList());
    return ExportThreads.start(() -> BatchLogRecordProcessor.builder(all).build());
  }
}
