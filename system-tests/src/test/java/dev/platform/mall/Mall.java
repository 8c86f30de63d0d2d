package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.postgres.DevPostgres;
import dev.platform.dev.postgres.DevPostgresProperties;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import dev.platform.starter.test.etcd.EtcdCluster;
import dev.platform.starter.test.etcd.EtcdProcess;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The packaged apps with their own etcd and PostgreSQL, on free loopback ports. Uses a real etcd if
 * one is installed. Logs are in {@code target/system-tests/}. Not thread-safe.
 */
final class Mall implements AutoCloseable {

  /** The TTL of an app's lease; short, so that expiry tests are short. */
  static final Duration LEASE_TTL = Duration.ofSeconds(5);

  /** The demo's JVM options: fast startup and small memory. */
  private static final List<String> SMALL_JVM =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m");

  private final String name;
  private final Registry registry;
  private final DevPostgres postgres;
  private final Path snapshots;
  private final Map<App, List<AppProcess>> running = new HashMap<>();
  private final Map<App, Integer> started = new HashMap<>();
  private final Map<App, Map<String, String>> more = new HashMap<>();
  private final List<AppProcess> all = new ArrayList<>();

  private Mall(String name, Registry registry, DevPostgres postgres, Path snapshots) {
    this.name = name;
    this.registry = registry;
    this.postgres = postgres;
    this.snapshots = snapshots;
  }

  /** PostgreSQL with the apps' databases, and an etcd that is not started yet. */
  static Mall withoutEtcd(String name) throws IOException, SQLException {
    return with(name, new Registry.Single(newEtcd()));
  }

  /** PostgreSQL with the apps' databases, and a running cluster, which the mall closes. */
  static Mall withCluster(String name, EtcdCluster cluster) throws IOException, SQLException {
    return with(name, new Registry.Members(cluster));
  }

  /** PostgreSQL with the apps' databases, and this registry, which the mall closes. */
  static Mall with(String name, Registry registry) throws IOException, SQLException {
    // A new folder, since an etcd of an earlier run may have had the same port.
    Path snapshots = Files.createTempDirectory(Files.createDirectories(logs(name)), "snapshots-");
    DevPostgres postgres = DevPostgres.start(new DevPostgresProperties(true, null));
    Mall mall = new Mall(name, registry, postgres, snapshots.toAbsolutePath());
    try {
      ProcessReaper.adopt(Postmaster.at(postgres.jdbcUrl(DevPostgres.DEFAULT_DATABASE)));
      for (App app : App.values()) {
        postgres.createDatabase(app.id());
      }
    } catch (SQLException e) {
      mall.close();
      throw e;
    }
    return mall;
  }

  /** PostgreSQL with the apps' databases, and a running etcd. */
  static Mall withEtcd(String name) throws IOException, SQLException {
    Mall mall = withoutEtcd(name);
    try {
      mall.startEtcd();
    } catch (RuntimeException e) {
      mall.close();
      throw e;
    }
    return mall;
  }

  /** The etcd of a mall without a cluster. */
  EtcdServer etcd() {
    if (registry instanceof Registry.Single single) {
      return single.server();
    }
    throw new IllegalStateException("a cluster (expected: one etcd)");
  }

  /** Starts etcd, or the stopped members of the cluster. */
  void startEtcd() {
    registry.start();
    ProcessReaper.childrenChanged();
  }

  /** Deletes etcd's data and restarts it. */
  void wipeEtcd() {
    etcd().wipe();
    ProcessReaper.childrenChanged();
  }

  /** Environment variables for all later instances of an app. */
  void configure(App app, Map<String, String> environment) {
    more.put(app, Map.copyOf(environment));
  }

  /** Starts one more instance and returns immediately. */
  AppProcess start(App app) {
    return start(app, SMALL_JVM, more.getOrDefault(app, Map.of()));
  }

  /**
   * Starts an instance built for a line of Spring Boot; {@code overrides} win over other variables.
   */
  AppProcess start(App app, Line line, Map<String, String> overrides) {
    Map<String, String> all = new HashMap<>(more.getOrDefault(app, Map.of()));
    all.putAll(overrides);
    return start(
        app,
        line,
        all,
        environment -> Jvm.command(SMALL_JVM, List.of("-jar", app.jar(line).toString())));
  }

  /** Starts an instance with other JVM options; {@code overrides} win over other variables. */
  AppProcess start(App app, List<String> jvmOptions, Map<String, String> overrides) {
    return start(app, jvmOptions, List.of("-jar", app.jar().toString()), overrides);
  }

  /** Starts an instance with system properties and an additional folder of libraries. */
  AppProcess start(App app, Map<String, String> properties, Path libraries) {
    List<String> options = new ArrayList<>(SMALL_JVM);
    properties.forEach((key, value) -> options.add("-D" + key + "=" + value));
    options.add("-Dloader.path=" + libraries);
    return start(
        app,
        options,
        List.of(
            "-cp",
            app.jar().toString(),
            "org.springframework.boot.loader.launch.PropertiesLauncher"),
        more.getOrDefault(app, Map.of()));
  }

  private AppProcess start(
      App app, List<String> jvmOptions, List<String> what, Map<String, String> overrides) {
    return start(app, overrides, environment -> Jvm.command(jvmOptions, what));
  }

  /**
   * Starts an instance with any command.
   *
   * @param command the command for an environment
   */
  AppProcess start(
      App app, Map<String, String> overrides, Function<Map<String, String>, List<String>> command) {
    return start(app, Line.BOOT3, overrides, command);
  }

  private AppProcess start(
      App app,
      Line line,
      Map<String, String> overrides,
      Function<Map<String, String>, List<String>> command) {
    int number = started.merge(app, 1, Integer::sum);
    Map<String, String> environment =
        new HashMap<>(
            AppEnvironment.of(postgres.jdbcUrl(app.id()), registry.endpoints(), snapshots));
    environment.putAll(line.grpcServer());
    environment.putAll(overrides);
    String instance = app.id() + "-" + number + line.suffix();
    AppProcess process =
        AppProcess.start(
            instance,
            command.apply(environment),
            environment,
            logs(name).resolve(instance + ".log"));
    all.add(process);
    running.computeIfAbsent(app, a -> new ArrayList<>()).add(process);
    return process;
  }

  /** Starts an instance of each app concurrently, and waits until all are ready and registered. */
  void startAll() {
    Arrays.stream(App.values()).forEach(this::start);
    for (App app : App.values()) {
      Duration took = only(app).awaitReady();
      Report.line("%s ready %.1f s after its start, with two others", app.id(), seconds(took));
    }
    awaitRegistered();
  }

  /** The instances that were neither stopped nor killed. */
  List<AppProcess> running(App app) {
    List<AppProcess> processes = running.getOrDefault(app, new ArrayList<>());
    processes.removeIf(process -> !process.isAlive());
    return List.copyOf(processes);
  }

  AppProcess only(App app) {
    assertThat(running(app)).as("instances of %s", app).hasSize(1);
    return running(app).get(0);
  }

  /** Starts or stops instances to reach this number, and waits until etcd lists exactly these. */
  List<AppProcess> scale(App app, int count) {
    while (running(app).size() < count) {
      start(app);
    }
    running(app).stream().skip(count).forEach(AppProcess::terminate);
    running(app).forEach(AppProcess::awaitReady);
    awaitRegistered();
    return running(app);
  }

  /** Waits until etcd has exactly the keys of all running instances. */
  void awaitRegistered() {
    await("exactly the running instances are registered")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(keys()).isEqualTo(expectedKeys()));
  }

  /** The keys below {@code /services/}. */
  TreeSet<String> keys() {
    return new TreeSet<>(registry.keys("/services/"));
  }

  /** A service's addresses in etcd. */
  TreeSet<String> addresses(String service) {
    String prefix = "/services/" + service + "/";
    return registry.keys(prefix).stream()
        .map(key -> key.substring(prefix.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The keys that an instance owns. */
  static List<String> keysOf(App app, AppProcess process) {
    return app.services().stream()
        .map(service -> "/services/" + service + "/" + process.address())
        .toList();
  }

  /** The URL of an app's database. */
  String jdbcUrl(App app) {
    return postgres.jdbcUrl(app.id());
  }

  /** A new connection to an app's database. */
  Connection database(App app) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(app.id()), DevPostgres.USERNAME, DevPostgres.PASSWORD);
  }

  /** A shopper at the only order-app. */
  Shopper shopper() {
    return new Shopper(only(App.ORDER).address());
  }

  @Override
  public void close() {
    try (postgres;
        registry) {
      all.forEach(AppProcess::close);
    }
  }

  /** The keys of all running instances. */
  TreeSet<String> expectedKeys() {
    TreeSet<String> keys = new TreeSet<>();
    for (App app : App.values()) {
      running(app).forEach(process -> keys.addAll(keysOf(app, process)));
    }
    return keys;
  }

  private static Path logs(String name) {
    return Path.of("target", "system-tests", name);
  }

  /** A real etcd if one is installed, not started yet. */
  static EtcdServer newEtcd() {
    if (EtcdProcess.isAvailable()) {
      return EtcdProcess.create();
    }
    if (Boolean.getBoolean(EtcdExtension.NO_SKIPS)) {
      throw new IllegalStateException(
          "no etcd on the PATH (expected: one, since " + EtcdExtension.NO_SKIPS + " is true)");
    }
    Report.line("no etcd on the PATH; using the embedded one");
    return EmbeddedEtcd.builder().port(Ports.free()).build();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
