package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.postgres.DevPostgres;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One of three instances of payment-app is registered and connected but fails, since it alone has
 * lost its database. It answers UNAVAILABLE when its database user may no longer log in. It does
 * not answer when the network drops all packets, since its timeout is longer than its callers'.
 */
@Tag("nightly")
class BadInstanceIT {

  private static final String USER = "of_the_bad_instance";
  private static final int ORDERS_PER_SECOND = 30;
  private static final int INSTANCES = 3;
  private static final Duration EJECTED_WITHIN = Duration.ofSeconds(3);

  /** Five calls must exceed their deadline of two seconds, on a busy machine, too. */
  private static final Duration NOISE = Duration.ofSeconds(1);

  /** Shorter than the default, so that the bad instance gets several trial calls. */
  private static final Duration EJECTION_TIME = Duration.ofSeconds(4);

  /** Ends during the second ejection, so the instance works after that ejection. */
  private static final Duration BAD = Duration.ofSeconds(10);

  private static final double MAX_FAILURES = 0.01;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final CallCount PAYMENTS = new CallCount("payment.v1.PaymentService");

  private static Mall mall;

  private EtcdLink database;
  private AppProcess bad;

  @BeforeAll
  static void open() throws Exception {
    mall = Mall.withEtcd("bad-instance");
    Map<String, String> order = new HashMap<>(AppEnvironment.DEFAULT_TIMES);
    order.put("PLATFORM_RESILIENCE_OUTLIERDETECTION_EJECTIONTIME", EJECTION_TIME.toMillis() + "ms");
    // The default policy leaves a failing instance after two calls, long before it can be ejected.
    order.put("PLATFORM_GRPC_LOADBALANCING", "round_robin");
    mall.configure(App.ORDER, order);
    mall.configure(App.PAYMENT, AppEnvironment.DEFAULT_TIMES);
    mall.startAll();
    new DatabaseAudit(mall).stock(Shopper.PRODUCTS, 100_000);
    mall.scale(App.PAYMENT, INSTANCES - 1);
    onDatabase("create role " + USER + " superuser login");
  }

  /** It uses the other instances' bank, so that only its own calls can fail. */
  private void startBad(int patienceMillis) throws SQLException {
    URI url;
    try (Connection connection = mall.database(App.PAYMENT)) {
      url = URI.create(connection.getMetaData().getURL().substring("jdbc:".length()));
    }
    database = EtcdLink.to(url);
    Map<String, String> environment = new HashMap<>(AppEnvironment.DEFAULT_TIMES);
    environment.put(
        "SPRING_DATASOURCE_URL",
        "jdbc:postgresql://127.0.0.1:%d%s".formatted(database.port(), url.getPath()));
    environment.put("SPRING_DATASOURCE_USERNAME", USER);
    environment.put("SPRING_DATASOURCE_PASSWORD", DevPostgres.PASSWORD);
    environment.put("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", Integer.toString(patienceMillis));
    environment.put("PLATFORM_REGISTRY_SERVICES", "payment-service");
    mall.configure(App.PAYMENT, environment);
    bad = mall.start(App.PAYMENT);
    bad.awaitReady();
    await("all are registered")
        .atMost(LIMIT)
        .until(() -> mall.addresses("payment-service").size() == INSTANCES);
  }

  @AfterEach
  void endBad() {
    bad.kill();
    database.close();
    mall.awaitRegistered();
  }

  @AfterAll
  static void close() {
    mall.close();
  }

  @Test
  void anInstanceThatAnswersUnavailableIsEjectedUntilItRecovers() throws Exception {
    startBad(250);
    assertEjectedAndRecovered(
        "answers UNAVAILABLE",
        () -> {
          onDatabase("alter role " + USER + " nologin");
          onDatabase(
              "select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
                  + USER
                  + "'");
        },
        () -> onDatabase("alter role " + USER + " login"));
  }

  @Test
  void anInstanceThatHangsIsEjectedUntilItRecovers() throws Exception {
    startBad(10_000);
    assertEjectedAndRecovered("hangs", database::cut, database::heal);
  }

  private interface ThrowingAction {
    void run() throws Exception;
  }

  private void assertEjectedAndRecovered(String what, ThrowingAction harm, ThrowingAction repair)
      throws Exception {
    Meters order = new Meters(mall.only(App.ORDER));
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(100);
      long served = served();
      await("the bad instance is called")
          .atMost(LIMIT)
          .until(() -> shopper.order().get() != null && served() > served);
      try (SteadyLoad orders = SteadyLoad.start(ORDERS_PER_SECOND, shopper::order)) {
        orders.awaitMore(5 * ORDERS_PER_SECOND, LIMIT);
        double before = ejections(order);
        long harmedAt = System.nanoTime();
        harm.run();
        await("the bad instance is ejected")
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> ejections(order) > before);
        Duration ejected = since(harmedAt);
        Duration left = BAD.minus(since(harmedAt));
        await().pollDelay(left).atMost(left.plus(LIMIT)).until(() -> true);
        double ejections = ejections(order) - before;
        repair.run();
        long repairedAt = System.nanoTime();
        await("the ejection ends").atMost(LIMIT).until(() -> ejected(order) == 0);
        long already = served();
        await("the instance is called again")
            .atMost(LIMIT)
            .until(() -> served() > already + ORDERS_PER_SECOND);
        Duration back = since(repairedAt);
        LoadReport all = orders.stop();

        LoadReport once = all.sentSince(harmedAt).sentBefore(harmedAt + ejected.toNanos());
        LoadReport out = all.sentSince(harmedAt + ejected.toNanos());
        Report.line(
            "an instance %s: ejected after %d ms, %.0f times, called again %d ms after it recovered;"
                + " until then: %s; afterwards: %s",
            what, ejected.toMillis(), ejections, back.toMillis(), once, out);
        assertThat(ejected).as("time until ejection").isLessThan(EJECTED_WITHIN.plus(NOISE));
        assertThat(ejections).as("ejections while it was bad").isGreaterThanOrEqualTo(2);
        assertThat((double) out.failures().size())
            .as("failures after its ejection: %s", out)
            .isLessThan(MAX_FAILURES * out.calls());
        assertThat(all.sentSince(repairedAt).failures()).isEmpty();
      }
    }
  }

  private long served() {
    try {
      return PAYMENTS.at(bad.instance());
    } catch (Exception e) {
      throw new IllegalStateException(
          bad.name() + " does not report the calls that it has served", e);
    }
  }

  private static double ejections(Meters order) {
    return order.value("platform.balancer.avoidances", "service:payment-service", "reason:failing");
  }

  private static double ejected(Meters order) {
    return order.value("platform.balancer.avoided", "service:payment-service", "reason:failing");
  }

  private static void onDatabase(String sql) throws SQLException {
    try (Connection connection = mall.database(App.PAYMENT);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
