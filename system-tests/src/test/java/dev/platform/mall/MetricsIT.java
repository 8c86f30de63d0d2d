package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every panel and alert uses metrics, and labels of them, that the apps publish. */
class MetricsIT {

  /** Metrics that appear with their first event, or only with Redis; other tests check these. */
  private static final Map<String, Set<String>> LATER =
      Map.of(
          "platform_balancer_avoided", Set.of("service", "reason"),
          "platform_retry_attempts_total", Set.of("method", "service", "kind"),
          "platform_rate_limit_shared", Set.of("limiter"),
          "platform_jdbc_cancelled_total", Set.of());

  /** What a scrape adds. */
  private static final Set<String> TARGET = Set.of("namespace", "release", "job", "instance");

  private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*)})? [^ ]+.*$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  private static final Map<String, String> DEFAULT_LIMITS =
      Map.of(
          "PLATFORM_RESILIENCE_RATELIMIT_ENABLED", "true",
          "PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "fixed");

  @Test
  void panelsAndAlertsQueryExistingMetricsByTheirOwnLabels() throws Exception {
    Map<String, Set<String>> published = new TreeMap<>();
    try (Mall mall = Mall.withEtcd("metrics")) {
      mall.configure(App.ORDER, DEFAULT_LIMITS);
      List<AppProcess> apps = Stream.of(App.values()).map(mall::start).toList();
      apps.forEach(AppProcess::awaitReady);
      try (Shopper shopper = mall.shopper()) {
        shopper.warmUp(1);
      }
      for (AppProcess app : apps) {
        app.get("/actuator/health");
        app.get("/actuator/prometheus").body().lines().forEach(line -> add(published, line));
      }
    }
    LATER.forEach(published::putIfAbsent);
    Map<String, String> expressions = new HashMap<>(Dashboards.expressionsOfPanels());
    expressions.putAll(Dashboards.expressionsOfRules());

    expressions.forEach((where, expression) -> assertExists(where, expression, published));
    assertThat(expressions.values().stream().flatMap(e -> Dashboards.metrics(e).stream()).toList())
        .contains("rpc_server_call_duration_seconds_bucket", "platform_registry_registered");
    assertThat(published.values())
        .as("labels of the apps that a scrape's labels would hide")
        .noneMatch(labels -> TARGET.stream().anyMatch(labels::contains));
  }

  private static void add(Map<String, Set<String>> published, String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (line.startsWith("#") || !sample.matches()) {
      return;
    }
    Set<String> labels = published.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
    if (sample.group(2) != null) {
      LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
    }
  }

  private static void assertExists(
      String where, String expression, Map<String, Set<String>> published) {
    Set<String> metrics = Dashboards.metrics(expression);
    assertThat(published.keySet()).as(where).containsAll(metrics);
    for (Dashboards.Selector selector : Dashboards.selectors(expression)) {
      if (metrics.contains(selector.metric())) {
        assertThat(withTarget(published.get(selector.metric())))
            .as("%s: labels of %s", where, selector.metric())
            .containsAll(selector.labels());
      }
    }
    for (Set<String> labels : Dashboards.groupings(expression)) {
      for (String metric : metrics) {
        assertThat(withTarget(published.get(metric)))
            .as("%s: labels of %s", where, metric)
            .containsAll(labels);
      }
    }
  }

  private static Set<String> withTarget(Set<String> labels) {
    return Stream.concat(labels.stream(), TARGET.stream()).collect(Collectors.toSet());
  }
}
