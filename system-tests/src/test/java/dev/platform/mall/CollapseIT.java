package dev.platform.mall;

import dev.platform.starter.test.collapse.CollapseCheck;
import dev.platform.starter.test.collapse.CollapseCheckBuilder;
import dev.platform.starter.test.collapse.CollapseReport;
import dev.platform.starter.test.collapse.Request;
import dev.platform.starter.test.collapse.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * No load up to 95 % of the mall's capacity, with no trigger, leads to a state that stays when the
 * trigger has gone. The applications have their own limits, deadlines and budgets. The bank is
 * slow, so that payment-app's concurrency limit decides on the capacity, and not the machine, which
 * the load and the database share. {@code -Dmall.pictures} names a folder for the plot.
 */
class CollapseIT {

  /** How long a customer waits. */
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private static final int BANK_MILLIS = 600;

  /**
   * A payment holds two places: its own, and that of the bank's call, which is served here, too.
   */
  private static final int LIMIT = 30;

  private static final int FIRST_RATE = 12;

  private static final Path PLOTS =
      Path.of(System.getProperty("mall.pictures", "target/system-tests/collapse"));

  private Mall mall;
  private Shopper shopper;

  @BeforeEach
  void open() throws Exception {
    mall = Mall.withEtcd("collapse");
    Map<String, String> all = new HashMap<>(AppEnvironment.DEFAULT_TIMES);
    all.put("PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "adaptive");
    all.put("PLATFORM_RESILIENCE_RATELIMIT_ENABLED", "true");
    mall.configure(App.ORDER, all);
    mall.configure(App.INVENTORY, all);
    all.put("PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "fixed");
    all.put("PLATFORM_RESILIENCE_CONCURRENCYLIMIT_LIMIT", Integer.toString(LIMIT));
    mall.configure(App.PAYMENT, all);
    mall.startAll();
    new DatabaseAudit(mall).stock(Shopper.PRODUCTS, 1_000_000);
    shopper = new Shopper(mall.only(App.ORDER).address(), DEADLINE);
    shopper.warmUp(100);
    new BankSimulator(mall.only(App.PAYMENT)).behave(BANK_MILLIS, 0, 0);
  }

  @AfterEach
  void close() {
    shopper.close();
    mall.close();
  }

  @Test
  void aStallOrABurstDoesNotMakeTheMallCollapse() throws Exception {
    CollapseReport report =
        check()
            .measureCapacity(FIRST_RATE, Duration.ofSeconds(2))
            .loads(0.95)
            .trigger(stallOfPayment())
            .trigger(Trigger.burst(2))
            .triggerLasts(Duration.ofSeconds(3))
            .steady(Duration.ofSeconds(2), Duration.ofSeconds(1))
            .build()
            .run();

    published(report, "collapse-short").assertStable();
  }

  @Test
  @Tag("nightly")
  void noLoadAndNoTriggerMakesTheMallCollapse() throws Exception {
    CollapseReport report =
        check()
            .measureCapacity(FIRST_RATE, Duration.ofSeconds(8))
            .loads(0.5, 0.8, 0.95)
            .trigger(stallOfPayment())
            .trigger(Trigger.coldRestart("inventory-app", () -> restart(App.INVENTORY)))
            .trigger(Trigger.dependencyAway("etcd", mall.etcd()::stop, mall::startEtcd))
            .trigger(Trigger.dependencyAway("bank", () -> bank(1), () -> bank(0)))
            .trigger(Trigger.burst(3))
            .triggerLasts(Duration.ofSeconds(10))
            .steady(Duration.ofSeconds(5), Duration.ofSeconds(1))
            .build()
            .run();

    published(report, "collapse").assertStable();
  }

  private CollapseCheckBuilder check() throws IOException {
    CollapseCheckBuilder check =
        CollapseCheck.of("mall", Request.future(shopper::order))
            .deadline(DEADLINE)
            .observe(Duration.ofSeconds(60));
    for (App app : App.values()) {
      check.properties(app.id() + "-app", properties(app));
    }
    return check;
  }

  private Trigger stallOfPayment() {
    AppProcess payment = mall.only(App.PAYMENT);
    return Trigger.stall("payment-app", payment::freeze, payment::thaw);
  }

  private void restart(App app) {
    mall.only(app).kill();
    mall.start(app).awaitReady();
  }

  private void bank(double failing) {
    new BankSimulator(mall.only(App.PAYMENT)).behave(BANK_MILLIS, failing, 0);
  }

  /** What the application's file sets, and what this test sets instead. */
  private static Map<String, String> properties(App app) throws IOException {
    Map<String, String> properties = new TreeMap<>();
    try (var file = Files.newInputStream(app.resources().resolve("application.yml"))) {
      flatten("", new Yaml().load(file), properties);
    }
    properties.keySet().retainAll(CollapseCheck.judgedProperties());
    properties.put(
        "platform.resilience.concurrency-limit.mode", app == App.PAYMENT ? "fixed" : "adaptive");
    if (app == App.PAYMENT) {
      properties.put("platform.resilience.concurrency-limit.limit", Integer.toString(LIMIT));
    }
    return properties;
  }

  private static void flatten(String prefix, Object value, Map<String, String> into) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, each) -> flatten(prefix.isEmpty() ? "" + key : prefix + "." + key, each, into));
    } else if (value != null) {
      into.put(prefix, value.toString());
    }
  }

  private static CollapseReport published(CollapseReport report, String name) throws IOException {
    report.table().lines().forEach(line -> Report.line("%s", line));
    report.writePlot(PLOTS.resolve(name + ".svg"));
    return report;
  }
}
