package dev.platform.tests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.platform.tests.app.TestApp;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** OTLP metrics as a collector receives them on a real socket. */
class OtlpMetricsTest {

  private final BlockingQueue<ExportMetricsServiceRequest> received = new LinkedBlockingQueue<>();
  private HttpServer collector;

  @BeforeEach
  void listen() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/metrics",
        exchange -> {
          received.add(ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  @Test
  void onePropertyEnablesExportInSecondsWithServiceAndInstance() throws Exception {
    try (ConfigurableApplicationContext app = start(true)) {
      app.getBean(MeterRegistry.class).timer("work").record(Duration.ofSeconds(2));
    }

    ExportMetricsServiceRequest request = received.poll(30, TimeUnit.SECONDS);
    assertThat(request).as("exported at the latest when the app stops").isNotNull();
    ResourceMetrics metrics = request.getResourceMetrics(0);
    assertThat(metrics.getResource().getAttributesList())
        .extracting(KeyValue::getKey, attribute -> attribute.getValue().getStringValue())
        .contains(tuple("service.name", "exporting"))
        .contains(tuple("service.instance.id", ManagementFactory.getRuntimeMXBean().getName()));
    List<Metric> all = metrics.getScopeMetrics(0).getMetricsList();
    Metric work = all.stream().filter(m -> m.getName().equals("work")).findAny().orElseThrow();
    assertThat(work.getUnit()).isEqualTo("seconds");
    assertThat(work.getHistogram().getDataPoints(0).getSum()).isEqualTo(2);
    assertThat(all).extracting(Metric::getName).contains("platform.lifecycle.phase");
  }

  @Test
  void areNotExportedByDefault() {
    try (ConfigurableApplicationContext app = start(false)) {
      app.getBean(MeterRegistry.class).timer("work").record(Duration.ofSeconds(2));
    }

    assertThat(received).isEmpty();
  }

  private ConfigurableApplicationContext start(boolean enabled) {
    String url = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics";
    Map<String, Object> sending =
        enabled ? Map.of("management.otlp.metrics.export.enabled", true) : Map.of();
    Map<String, Object> properties = new HashMap<>(sending);
    properties.put("management.otlp.metrics.export.url", url);
    properties.put("spring.application.name", "exporting");
    properties.put("platform.registry.enabled", false);
    return TestApp.start(properties);
  }
}
