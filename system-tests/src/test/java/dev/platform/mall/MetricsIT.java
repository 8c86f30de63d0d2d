package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every panel and alert uses metrics that the apps publish. */
class MetricsIT {

  /** Metrics that appear with their first event, or only with Redis; other tests check these. */
  private static final Set<String> LATER =
      Set.of(
          "platform_balancer_avoided",
          "platform_retry_attempts_total",
          "platform_rate_limit_shared",
          "platform_jdbc_cancelled_total");

  private static final Map<String, String> DEFAULT_LIMITS =
      Map.of(
          "PLATFORM_RESILIENCE_RATELIMIT_ENABLED", "true",
          "PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "fixed");

  @Test
  void panelsAndAlertsQueryExistingMetrics() throws Exception {
    Set<String> published = new TreeSet<>(LATER);
    try (Mall mall = Mall.withEtcd("metrics")) {
      mall.configure(App.ORDER, DEFAULT_LIMITS);
      List<AppProcess> apps = Stream.of(App.values()).map(mall::start).toList();
      apps.forEach(AppProcess::awaitReady);
      try (Shopper shopper = mall.shopper()) {
        shopper.warmUp(1);
      }
      for (AppProcess app : apps) {
        app.get("/actuator/health");
        app.get("/actuator/prometheus")
            .body()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .forEach(line -> published.add(line.split("[{ ]", 2)[0]));
      }
    }
    Map<String, String> expressions = new HashMap<>(Dashboards.expressionsOfPanels());
    expressions.putAll(Dashboards.expressionsOfRules());

    expressions.forEach(
        (where, expression) ->
            assertThat(published).as(where).containsAll(Dashboards.metrics(expression)));
    assertThat(expressions.values().stream().flatMap(e -> Dashboards.metrics(e).stream()).toList())
        .contains("rpc_server_call_duration_seconds_bucket", "platform_registry_registered");
  }
}
