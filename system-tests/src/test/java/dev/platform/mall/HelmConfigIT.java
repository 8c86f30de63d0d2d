package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.platform.contracts.order.v1.CreateOrderResponse;
import dev.platform.contracts.order.v1.OrderStatus;
import dev.platform.dev.postgres.DevPostgres;
import dev.platform.dev.postgres.DevPostgresProperties;
import dev.platform.starter.test.etcd.EtcdServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The apps as the chart starts them: its application.yml in {@code config/} of their working
 * directory, its environment, and databases created by its script. Only addresses differ: a
 * cluster's names don't resolve here.
 */
class HelmConfigIT {

  private static final Path SCRIPT =
      RenderedChart.FOLDER.resolve("files/create-databases.sh").toAbsolutePath().normalize();
  private static final Path LOGS = Path.of("target", "system-tests", "helm-config");
  private static final Duration ORDERED = Duration.ofMinutes(2);
  private static final Map<String, String> EXISTING =
      Map.of("database/postgres-password", DevPostgres.PASSWORD);

  /**
   * The default values, with passwords that need no cluster to store them, and without security,
   * which {@link #theSecuredConfigurationStarts} has.
   */
  private static final String VALUES =
      """
      security: {enabled: false}
      etcd: {tls: {enabled: false}}
      postgresql: {existingSecret: database}
      config: {platform: {configuration-check: {on-finding: fail}}}
      services:
        order-app: {database: {password: "of 'order' $HOME"}}
        inventory-app: {database: {password: of-inventory}}
        payment-app: {database: {password: of-payment}}
      """;

  private static final Map<App, AppProcess> APPS = new EnumMap<>(App.class);

  @TempDir private static Path folder;

  private static RenderedChart chart;
  private static EtcdServer etcd;
  private static DevPostgres postgres;

  @BeforeAll
  static void open() throws Exception {
    Programs.require("psql", "postgresql-client");
    chart = RenderedChart.with(VALUES);
    etcd = Mall.newEtcd();
    etcd.start();
    ProcessReaper.childrenChanged();
    postgres = DevPostgres.start(new DevPostgresProperties(true, null));
    ProcessReaper.adopt(Postmaster.at(postgres.jdbcUrl(DevPostgres.DEFAULT_DATABASE)));
    createDatabases();
    for (App app : App.values()) {
      APPS.put(app, start(app));
    }
    APPS.values().forEach(AppProcess::awaitReady);
  }

  @AfterAll
  static void close() {
    APPS.values().forEach(AppProcess::close);
    if (postgres != null) {
      postgres.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @Test
  void anOrderIsPaid() {
    try (Shopper shopper = new Shopper(APPS.get(App.ORDER).address())) {
      // The first calls have cold JVMs and the default deadlines.
      await("an order is paid")
          .atMost(ORDERED)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptions()
          .until(
              () -> {
                CreateOrderResponse order = shopper.order().get(30, TimeUnit.SECONDS);
                return order.getStatus() == OrderStatus.ORDER_STATUS_PAID;
              });
    }
  }

  @Test
  void instancesAreRegisteredAtTheirPodIpUnderTheNamesOfTheChart() throws Exception {
    for (App app : App.values()) {
      for (String service : app.services()) {
        assertThat(etcd.keys("/services/" + service + "/"))
            .containsExactly("/services/" + service + "/" + APPS.get(app).address());
      }
      JsonNode platform = APPS.get(app).platform();
      assertThat(platform.toString()).contains(app.services().get(0));
    }
  }

  @Test
  void theRenderedSettingsAreConsistent() {
    for (AppProcess app : APPS.values()) {
      assertThat(app.log().text()).doesNotContain("(expected:");
    }
  }

  @Test
  void theScriptKeepsExistingDatabases() throws Exception {
    createDatabases();

    try (Connection order =
        DriverManager.getConnection(postgres.jdbcUrl("order"), "order", "of 'order' $HOME")) {
      assertThat(order.createStatement().executeQuery("SELECT count(*) FROM orders").next())
          .isTrue();
    }
  }

  @Test
  void aDatabaseThatStartsAfterTheAppIsAwaited() throws Exception {
    Map<String, String> own =
        Map.of(
            "SPRING_DATASOURCE_URL",
            postgres.jdbcUrl("later"),
            "SPRING_DATASOURCE_USERNAME",
            DevPostgres.USERNAME,
            "SPRING_DATASOURCE_PASSWORD",
            DevPostgres.PASSWORD,
            "PLATFORM_ETCD_NAMESPACE",
            "/later");
    try (AppProcess app = start(App.PAYMENT, "early", own)) {
      await("the app retries")
          .atMost(AppProcess.START_LIMIT)
          .failFast(() -> assertThat(app.isAlive()).as(app.log().tail()).isTrue())
          .until(() -> app.log().text().contains("Retrying in"));

      postgres.createDatabase("later");

      app.awaitReady();
    }
  }

  /** With the certificates that the chart generates; no setting is a finding. */
  @Test
  void theSecuredConfigurationStarts() throws Exception {
    RenderedChart secured =
        RenderedChart.with(
            VALUES.replace("security: {enabled: false}", "security: {enabled: true}"));
    Path certificates = Files.createDirectories(folder.resolve("certificates"));
    for (Map.Entry<String, String> file : secured.secret("mall-payment-app-tls").entrySet()) {
      Files.writeString(certificates.resolve(file.getKey()), file.getValue());
    }
    Map<String, String> own = Map.of("PLATFORM_ETCD_NAMESPACE", "/secured");
    try (AppProcess payment =
        start(
            secured.applicationYml(App.PAYMENT).replace("/etc/mall/tls", certificates.toString()),
            App.PAYMENT,
            "secured",
            own)) {
      payment.awaitReady();

      await("a ready instance is registered")
          .atMost(ORDERED)
          .until(() -> etcd.keys("/secured/services/payment-service/").size() == 1);
      assertThat(payment.log().text()).doesNotContain("(expected:");
    }
  }

  private static AppProcess start(App app) throws IOException {
    return start(app, app.id(), Map.of());
  }

  private static AppProcess start(App app, String name, Map<String, String> own)
      throws IOException {
    return start(chart.applicationYml(app), app, name, own);
  }

  private static AppProcess start(String yml, App app, String name, Map<String, String> own)
      throws IOException {
    Path home = folder.resolve(name);
    Path config = Files.createDirectories(home.resolve("config"));
    Files.writeString(config.resolve("application.yml"), yml);
    Map<String, String> environment =
        chart.environment("Deployment", "mall-" + app.id() + "-app", EXISTING);
    // Local addresses, and a separate folder in place of a pod's /tmp.
    environment.put("PLATFORM_ETCD_ENDPOINTS", etcd.endpoint().toString());
    environment.put("SPRING_DATASOURCE_URL", postgres.jdbcUrl(app.id()));
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("SERVER_PORT", "0");
    // The same port: the three would share the chart's.
    environment.put("MANAGEMENT_SERVER_PORT", "");
    environment.put("GRPC_SERVER_ADDRESS", "127.0.0.1");
    environment.put("GRPC_SERVER_PORT", "0");
    environment.putAll(own);
    environment.merge(
        "JAVA_TOOL_OPTIONS",
        "-Xmx192m -Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")),
        (given, more) -> given + " " + more);
    return AppProcess.start(
        name,
        Jvm.command(
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            List.of("-jar", app.jar().toString())),
        environment,
        LOGS.resolve(name + ".log"),
        home);
  }

  private static void createDatabases() throws IOException, InterruptedException {
    Map<String, String> environment =
        new HashMap<>(chart.environment("StatefulSet", "mall-postgresql", EXISTING));
    environment.put("PGPORT", Integer.toString(postgres.port()));
    Path log = Files.createDirectories(LOGS).resolve("create-databases.log");
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of("sh", SCRIPT.toString())))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process script = builder.start();
    assertThat(script.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(script.exitValue()).as(Files.readString(log)).isZero();
  }
}
