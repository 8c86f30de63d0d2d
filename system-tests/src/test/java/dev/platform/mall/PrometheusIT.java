package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The three jars' metrics in two real Prometheus: one scrapes them, the other gets them by OTLP and
 * a real Collector. Both evaluate the repository's rules ({@link QuickRules}) while faults are
 * injected: {@code interop/run observability}.
 */
@Tag("observability")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrometheusIT {

  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int ORDERS = 40;

  /** {@code $__rate_interval} of Grafana with a scrape each 15 s. */
  private static final String RATE_INTERVAL = "1m";

  private static final String AVOIDED = "platform_balancer_avoided{job=\"order-app\"} > 0";
  private static final String UPTIME = "process_uptime_seconds{job=\"order-app\"}";
  private static final int OUTAGE_SECONDS = 20;

  private static final Pattern VARIABLE =
      Pattern.compile("label_values\\((?<selector>.+), (?<label>\\w+)\\)");

  /** Panels of what is not in this test, by dashboard, with the test that has it. */
  private static final Map<String, String> NOT_HERE =
      Map.of("resilience.json: Limits shared through Redis (A)", "SharedRateLimitIT");

  private static ObservedMall observed;

  @BeforeAll
  static void open() throws Exception {
    observed = new ObservedMall();
  }

  @AfterAll
  static void close() {
    observed.close();
  }

  @Test
  @Order(1)
  void scrapedAndReceivedMetricsAreTheSame() throws Exception {
    try (SteadyLoad load = observed.load()) {
      load.awaitTotal(ORDERS, LIMIT);
    }

    for (String metric :
        List.of(
            "rpc_server_call_duration_seconds_count", "rpc_client_call_duration_seconds_count")) {
      String calls =
          "sum by (job, rpc_method, rpc_response_status_code) (%s{rpc_method=~\"order.*|payment.*|bank.*\"})"
              .formatted(metric);
      await(metric)
          .atMost(LIMIT)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                assertThat(observed.scraping().query(calls)).isNotEmpty();
                assertThat(Series.values(observed.receiving().query(calls)))
                    .isEqualTo(Series.values(observed.scraping().query(calls)));
              });
    }
  }

  @Test
  @Order(2)
  void instancesAreDistinguished() {
    for (PrometheusProcess prometheus : observed.both()) {
      await("instances")
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(
                          Series.values(
                              prometheus.query(
                                  "sum by (job) (platform_lifecycle_phase{phase=\"UP\"})")))
                      .isEqualTo(
                          Map.of(
                              "{\"job\":\"order-app\"}", "1",
                              "{\"job\":\"inventory-app\"}", "2",
                              "{\"job\":\"payment-app\"}", "1")));
    }
  }

  @Test
  @Order(3)
  void anExemplarLeadsToATrace() {
    await("exemplar")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              List<String> ids =
                  observed
                      .scraping()
                      .exemplars("rpc_server_call_duration_seconds_bucket")
                      .findValuesAsText("trace_id");
              assertThat(ids).isNotEmpty();
              assertThat(ids).allSatisfy(id -> assertThat(observed.spans().trace(id)).isNotEmpty());
            });
  }

  @Test
  @Order(4)
  void metricsOfAnOutageOfPrometheusArriveAfterIt() throws Exception {
    double from = Series.number(observed.scraping().query(UPTIME));
    long middle = Instant.now().getEpochSecond() + OUTAGE_SECONDS / 2;
    observed.receiving().freeze();
    await("an outage")
        .atMost(LIMIT)
        .until(() -> Series.number(observed.scraping().query(UPTIME)) > from + OUTAGE_SECONDS);
    observed.receiving().thaw();

    String samples = "count_over_time(%s[10s] @ %d)".formatted(UPTIME, middle);
    await("samples of the outage")
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(Series.number(observed.receiving().query(samples))).isGreaterThan(2));
    assertThat(observed.collector().log().text()).doesNotContain("Dropping data");
  }

  @Test
  @Order(5)
  void failedPaymentsFireAlertsUntilTheBankRecovers() {
    BankSimulator bank = new BankSimulator(observed.mall().only(App.PAYMENT));
    try (SteadyLoad load = observed.load()) {
      bank.behave(20, 1, 0);
      observed.awaitFiring(
          "PlatformErrorBudgetBurnsFast of payment-app",
          "PlatformCircuitBreakerRefusesCalls of payment-app");

      bank.recover();
      observed.awaitResolved("PlatformErrorBudgetBurnsFast", "PlatformCircuitBreakerRefusesCalls");
    }
  }

  @Test
  @Order(6)
  void anUnavailableEtcdFiresAlertsUntilItIsBack() {
    observed.mall().etcd().stop();
    observed.awaitFiring(
        "PlatformRegistryUnreachable of order-app",
        "PlatformRegistryUnreachable of payment-app",
        "PlatformNotRegistered of order-app",
        "PlatformNotRegistered of inventory-app",
        "PlatformNotRegistered of payment-app");

    observed.mall().startEtcd();
    observed.awaitResolved("PlatformRegistryUnreachable", "PlatformNotRegistered");
  }

  @Test
  @Order(7)
  void anInstanceThatDoesNotAnswerIsCounted() {
    AppProcess silent = observed.mall().running(App.INVENTORY).get(0);
    try (SteadyLoad load = observed.load()) {
      silent.freeze();
      for (PrometheusProcess prometheus : observed.both()) {
        await("an instance is avoided")
            .atMost(LIMIT)
            .untilAsserted(
                () ->
                    assertThat(Series.hasNumbers(prometheus.history(AVOIDED)))
                        .as(AVOIDED)
                        .isTrue());
      }
    } finally {
      silent.thaw();
    }
    observed.mall().awaitRegistered();
  }

  @Test
  @Order(8)
  void lostSpansFireAnAlertUntilTheCollectorTakesThem() {
    try (SteadyLoad load = observed.load()) {
      observed.refuseSpans(true);
      observed.awaitFiring("PlatformSpansLost of order-app");

      observed.refuseSpans(false);
      observed.awaitResolved("PlatformSpansLost");
    }
  }

  @Test
  @Order(9)
  void aServiceWithoutInstancesFiresAnAlertUntilOneStarts() throws Exception {
    observed.mall().running(App.INVENTORY).forEach(AppProcess::terminate);
    observed.scrapeAll();
    observed.awaitFiring("PlatformServiceWithoutInstances of order-app");

    observed.mall().start(App.INVENTORY).awaitReady();
    observed.scrapeAll();
    observed.awaitResolved("PlatformServiceWithoutInstances");
  }

  @Test
  @Order(10)
  void rulesAreEvaluatedAndRecordingsHaveData() throws Exception {
    for (PrometheusProcess prometheus : observed.both()) {
      assertThat(prometheus.rules()).hasSizeGreaterThan(10);
      for (JsonNode rule : prometheus.rules()) {
        assertThat(rule.path("health").asText()).as(rule.toString()).isEqualTo("ok");
      }
      for (String recording : Dashboards.recordings()) {
        assertThat(Series.hasNumbers(prometheus.history(recording))).as(recording).isTrue();
      }
    }
  }

  @Test
  @Order(11)
  void everyPanelHasData() throws Exception {
    cancelAStatement();
    TracedOrder.place(observed.mall().only(App.ORDER));
    for (PrometheusProcess prometheus : observed.both()) {
      await("panels")
          .atMost(LIMIT)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> assertThat(panelsWithoutData(prometheus)).isEqualTo(NOT_HERE.keySet()));
    }
  }

  @Test
  @Order(12)
  void everyVariableHasValues() throws Exception {
    for (Map.Entry<String, String> variable : Dashboards.variables().entrySet()) {
      Matcher query = VARIABLE.matcher(variable.getValue());
      assertThat(query.matches()).as(variable.toString()).isTrue();
      String label = query.group("label");
      String selector = filledIn(query.group("selector"));
      assertThat(observed.scraping().values(label, selector)).as(variable.toString()).isNotEmpty();
      // Only a scrape adds these; a dashboard's "All" needs none.
      boolean isOfScrapes = label.equals("namespace") || label.equals("release");
      assertThat(observed.receiving().values(label, selector).isEmpty())
          .as(variable.toString())
          .isEqualTo(isOfScrapes);
    }
  }

  /** An order that waits for a lock in inventory-app's database until its deadline. */
  private static void cancelAStatement() throws SQLException {
    try (Connection connection = observed.mall().database(App.INVENTORY);
        Statement statement = connection.createStatement();
        Shopper impatient =
            new Shopper(observed.mall().only(App.ORDER).address(), Duration.ofSeconds(2))) {
      connection.setAutoCommit(false);
      statement.execute("lock table stock");
      await("the order fails").atMost(LIMIT).until(impatient.order()::isDone);
      String cancelled = "sum(platform_jdbc_cancelled_total{job=\"inventory-app\"}) > 0";
      for (PrometheusProcess prometheus : observed.both()) {
        await("a statement is cancelled")
            .atMost(LIMIT)
            .untilAsserted(() -> assertThat(prometheus.query(cancelled)).isNotEmpty());
      }
    }
  }

  private static Set<String> panelsWithoutData(PrometheusProcess prometheus) throws Exception {
    Set<String> empty = new TreeSet<>();
    for (Map.Entry<String, String> panel : Dashboards.expressionsOfPanels().entrySet()) {
      if (!Series.hasNumbers(prometheus.history(filledIn(panel.getValue())))) {
        empty.add(panel.getKey());
      }
    }
    return empty;
  }

  private static String filledIn(String expression) {
    return expression
        .replace("$__rate_interval", RATE_INTERVAL)
        .replaceAll("\\$(namespace|release|job|instance|method)", ".*");
  }
}
