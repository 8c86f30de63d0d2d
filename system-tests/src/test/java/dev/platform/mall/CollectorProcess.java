package dev.platform.mall;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An OpenTelemetry Collector with {@code observability/collector.yaml}, and addresses on loopback.
 */
final class CollectorProcess implements AutoCloseable {

  private final int grpcPort = Ports.free();
  private final int httpPort = Ports.free();
  private final AppProcess process;

  /**
   * Starts one, and waits until it is ready.
   *
   * @param folder for its log
   * @param traces host and port that take traces by OTLP
   * @param metrics the URL of Prometheus' remote write
   */
  CollectorProcess(Path folder, String traces, String metrics) throws IOException {
    int health = Ports.free();
    process =
        ObservabilityPrograms.start(
            "collector",
            List.of(
                "--config=" + Dashboards.FOLDER.resolve("collector.yaml").toRealPath(),
                "--config=" + ObservabilityPrograms.FOLDER.resolve("addresses.yaml")),
            Map.of(
                "TRACES_ENDPOINT", traces,
                "METRICS_ENDPOINT", metrics,
                "OTLP_GRPC_PORT", Integer.toString(grpcPort),
                "OTLP_HTTP_PORT", Integer.toString(httpPort),
                "HEALTH_PORT", Integer.toString(health),
                "TELEMETRY_PORT", Integer.toString(Ports.free())),
            Files.createDirectories(folder),
            URI.create("http://127.0.0.1:" + health));
  }

  /** Host and port that take OTLP over gRPC. */
  String grpc() {
    return "127.0.0.1:" + grpcPort;
  }

  /** The URL that takes metrics by OTLP over HTTP. */
  String metricsUrl() {
    return "http://127.0.0.1:" + httpPort + "/v1/metrics";
  }

  LogFile log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
