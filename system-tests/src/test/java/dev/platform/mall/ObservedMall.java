package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.tracing.SpanReceiver;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The three jars, with two instances of inventory-app, and two Prometheus with their metrics: one
 * scrapes them, the other gets them by OTLP and a Collector. Not thread-safe.
 */
final class ObservedMall implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int ORDERS_PER_SECOND = 4;
  private static final int AT_ONCE = 8;

  private static final Map<App, String> SERVICES =
      Map.of(App.ORDER, "order-app", App.INVENTORY, "inventory-app", App.PAYMENT, "payment-app");

  private final PrometheusProcess scraping;
  private final PrometheusProcess receiving;
  private final CollectorProcess collector;
  private final SpanReceiver spans;
  private final Mall mall;
  private final Shopper shopper;

  private volatile boolean spansRefused;

  /** Starts all, and waits until the applications are ready. */
  ObservedMall() throws IOException, SQLException {
    Path folder =
        Files.createTempDirectory(
            Files.createDirectories(Path.of("target", "system-tests")), "prometheus-");
    scraping = new PrometheusProcess(folder.resolve("scraping"), QuickRules.read());
    receiving = new PrometheusProcess(folder.resolve("receiving"), QuickRules.read());
    // Spans go to the receiver below.
    collector = new CollectorProcess(folder, "127.0.0.1:9", receiving.remoteWriteUrl());
    spans =
        SpanReceiver.start(
            request -> {
              if (spansRefused) {
                throw Status.UNAVAILABLE.asRuntimeException();
              }
            });
    mall = Mall.withEtcd("prometheus");
    for (App app : App.values()) {
      mall.configure(app, environment());
    }
    mall.startAll();
    mall.scale(App.INVENTORY, 2);
    scrapeAll();
    new DatabaseAudit(mall).stock(Shopper.PRODUCTS, 1_000_000);
    shopper = mall.shopper();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(Line.BOOT3.tracedTo(spans.endpoint()));
    environment.putAll(
        Map.of(
            "MANAGEMENT_OTLP_METRICS_EXPORT_ENABLED", "true",
            "MANAGEMENT_OTLP_METRICS_EXPORT_URL", collector.metricsUrl(),
            "MANAGEMENT_OTLP_METRICS_EXPORT_STEP", "2s",
            "PLATFORM_RESILIENCE_RATELIMIT_ENABLED", "true",
            "PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "adaptive"));
    return environment;
  }

  Mall mall() {
    return mall;
  }

  /** The one that scrapes. */
  PrometheusProcess scraping() {
    return scraping;
  }

  /** The one that gets metrics by OTLP. */
  PrometheusProcess receiving() {
    return receiving;
  }

  List<PrometheusProcess> both() {
    return List.of(scraping, receiving);
  }

  CollectorProcess collector() {
    return collector;
  }

  /** The spans of the applications. */
  SpanReceiver spans() {
    return spans;
  }

  /** From now on, whether spans are refused. */
  void refuseSpans(boolean refused) {
    spansRefused = refused;
  }

  /** Scrapes the instances that run now. */
  void scrapeAll() throws IOException {
    List<PrometheusProcess.Target> targets = new ArrayList<>();
    SERVICES.forEach(
        (app, service) ->
            mall.running(app)
                .forEach(
                    instance ->
                        targets.add(
                            PrometheusProcess.Target.of(
                                service, "127.0.0.1:" + instance.httpPort()))));
    scraping.scrape(targets);
  }

  /** Orders until it is closed. */
  SteadyLoad load() {
    return SteadyLoad.start(ORDERS_PER_SECOND, AT_ONCE, shopper::order);
  }

  /** Waits until alerts fire in both Prometheus, each as {@code alert of job}. */
  void awaitFiring(String... alerts) {
    for (PrometheusProcess prometheus : both()) {
      await("alerts fire")
          .atMost(LIMIT)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(prometheus.firing()).contains(alerts));
    }
  }

  /** Waits until alerts of these names fire no more, of any job. */
  void awaitResolved(String... alerts) {
    for (PrometheusProcess prometheus : both()) {
      await("alerts are resolved")
          .atMost(LIMIT)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () ->
                  assertThat(prometheus.firing())
                      .noneMatch(firing -> Set.of(alerts).contains(firing.split(" ")[0])));
    }
  }

  @Override
  public void close() {
    shopper.close();
    mall.close();
    spans.close();
    collector.close();
    receiving.close();
    scraping.close();
  }
}
