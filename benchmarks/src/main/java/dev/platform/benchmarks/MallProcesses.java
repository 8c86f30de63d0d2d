package dev.platform.benchmarks;

import dev.platform.dev.postgres.DevPostgres;
import dev.platform.dev.postgres.DevPostgresProperties;
import dev.platform.starter.test.etcd.EtcdProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The three packaged apps, PostgreSQL and etcd on this machine. Linux only: it reads {@code /proc}.
 * Logs are in {@code benchmarks/target/orders/}.
 */
final class MallProcesses implements AutoCloseable {

  private static final List<String> APPS = List.of("inventory", "payment", "order");
  private static final Duration READY = Duration.ofMinutes(4);
  private static final Pattern HTTP_PORT = Pattern.compile("Tomcat started on port (\\d+) ");
  private static final Pattern GRPC_PORT =
      Pattern.compile("listening on address: \\S+ port: (\\d+)");
  private static final Path LOGS = Path.of("benchmarks", "target", "orders");

  /** Linux reports processor time in hundredths of a second. */
  private static final double TICKS = 100;

  private static final String REGISTERED = "Registered [";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Process> apps = new LinkedHashMap<>();
  private final DevPostgres postgres;
  private final EtcdProcess etcd;

  private MallProcesses(DevPostgres postgres, EtcdProcess etcd) {
    this.postgres = postgres;
    this.etcd = etcd;
  }

  /** Starts all processes and waits until they are ready. Stock is plentiful. */
  static MallProcesses start() throws Exception {
    MallProcesses mall = withoutApps();
    try {
      mall.startApps(app -> List.of("-jar", jar(app).toString()), Map.of());
      return mall;
    } catch (Exception e) {
      mall.close();
      throw e;
    }
  }

  /** Starts etcd and PostgreSQL. */
  static MallProcesses withoutApps() throws Exception {
    Files.createDirectories(LOGS);
    MallProcesses mall =
        new MallProcesses(
            DevPostgres.start(new DevPostgresProperties(true, null)), EtcdProcess.create());
    try {
      mall.etcd.start();
      for (String app : APPS) {
        mall.postgres.createDatabase(app);
      }
      return mall;
    } catch (Exception e) {
      mall.close();
      throw e;
    }
  }

  /**
   * Starts all apps at once, and waits until they are ready. Stock is plentiful.
   *
   * @param arguments of java, by the app
   * @param settings added to the environment of all
   * @return the seconds from the start of each until it was registered
   */
  Map<String, Double> startApps(
      Function<String, List<String>> arguments, Map<String, String> settings) throws Exception {
    Map<String, Double> registered = new TreeMap<>();
    long start = System.nanoTime();
    for (String app : APPS) {
      start(app, arguments.apply(app), settings);
    }
    while (registered.size() < APPS.size()) {
      for (String app : APPS) {
        if (!registered.containsKey(app) && isRegistered(app, start)) {
          registered.put(app, (System.nanoTime() - start) / 1e9);
        }
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    sql("inventory", "update stock set available = 1000000000");
    for (String app : APPS) {
      awaitReady(app);
    }
    return registered;
  }

  private boolean isRegistered(String app, long start) throws IOException {
    Process process = apps.get(app);
    if (process == null || !process.isAlive() || System.nanoTime() - start > READY.toNanos()) {
      throw new IllegalStateException(app + " is not registered, see " + log(app));
    }
    return Files.readString(log(app)).contains(REGISTERED);
  }

  /** Ends all apps, and waits for it. */
  void stopApps() {
    apps.values().forEach(Process::destroy);
    apps.values().forEach(MallProcesses::awaitEnd);
    apps.clear();
  }

  static List<String> apps() {
    return APPS;
  }

  static Path jar(String app) {
    return Path.of(app + "-app", "target", app + "-app.jar");
  }

  private void start(String app, List<String> arguments, Map<String, String> settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx384m");
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(app).toFile());
    builder.environment().putAll(environment(app));
    builder.environment().putAll(settings);
    apps.put(app, builder.start());
  }

  private Map<String, String> environment(String app) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SPRING_DATASOURCE_URL", postgres.jdbcUrl(app));
    environment.put("SPRING_DATASOURCE_USERNAME", DevPostgres.USERNAME);
    environment.put("SPRING_DATASOURCE_PASSWORD", DevPostgres.PASSWORD);
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("SERVER_PORT", "0");
    environment.put("GRPC_SERVER_ADDRESS", "127.0.0.1");
    environment.put("GRPC_SERVER_PORT", "0");
    environment.put("PLATFORM_REGISTRY_ADVERTISE_HOST", "127.0.0.1");
    environment.put("PLATFORM_ETCD_ENDPOINTS", etcd.endpoint().toString());
    environment.put("PLATFORM_DISCOVERY_SNAPSHOT_ENABLED", "false");
    // The bank's latency is not part of the measurement.
    environment.put("MALL_BANK_LATENCY", "0s");
    return environment;
  }

  int grpcPort(String app) throws IOException {
    return Integer.parseInt(inLog(app, GRPC_PORT));
  }

  /** The apps' current meters. */
  Map<String, MallMeters> meters() throws IOException, InterruptedException {
    Map<String, MallMeters> meters = new TreeMap<>();
    for (String app : APPS) {
      meters.put(app, MallMeters.parse(get(app, "/actuator/prometheus")));
    }
    return meters;
  }

  /** CPU time so far of each app, all of PostgreSQL, etcd, and this process. */
  Map<String, Double> cpuSeconds() throws IOException, SQLException {
    Map<String, Double> seconds = new TreeMap<>();
    for (Map.Entry<String, Process> app : apps.entrySet()) {
      seconds.put(app.getKey() + "-app", cpuSeconds(app.getValue().pid()));
    }
    // A connection's own backend may exit before it is read; the checkpointer stays.
    long checkpointer =
        Long.parseLong(
            sql("order", "select pid from pg_stat_activity where backend_type = 'checkpointer'"));
    ProcessHandle server =
        ProcessHandle.of(checkpointer).flatMap(ProcessHandle::parent).orElseThrow();
    double database = cpuSeconds(server.pid());
    try (Stream<ProcessHandle> backends = server.children()) {
      for (ProcessHandle backend : backends.toList()) {
        database += backend.isAlive() ? cpuSeconds(backend.pid()) : 0;
      }
    }
    seconds.put("PostgreSQL", database);
    seconds.put("clients", cpuSeconds(ProcessHandle.current().pid()));
    return seconds;
  }

  private static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
  }

  /** Runs a statement; returns the first value of the first row, if any. */
  private String sql(String app, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.jdbcUrl(app), DevPostgres.USERNAME, DevPostgres.PASSWORD);
        var statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : "";
      }
    }
  }

  private void awaitReady(String app) throws IOException, InterruptedException {
    long end = System.nanoTime() + READY.toNanos();
    while (!isReady(app)) {
      Process process = apps.get(app);
      if (process == null
          || System.nanoTime() > end
          || process.waitFor(100, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(app + " is not ready, see " + log(app));
      }
    }
  }

  private boolean isReady(String app) throws InterruptedException {
    try {
      return !inLog(app, GRPC_PORT).isEmpty()
          && get(app, "/actuator/health/readiness").contains("\"UP\"");
    } catch (IOException notYet) {
      return false;
    }
  }

  private String get(String app, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + inLog(app, HTTP_PORT) + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private static String inLog(String app, Pattern pattern) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(log(app)));
    if (!matcher.find()) {
      throw new IOException("not in " + log(app) + ": " + pattern);
    }
    return matcher.group(1);
  }

  private static Path log(String app) {
    return LOGS.resolve(app + ".log");
  }

  /** The resident memory of each app, in megabytes. */
  Map<String, Long> residentMegabytes() throws IOException {
    Map<String, Long> resident = new TreeMap<>();
    for (Map.Entry<String, Process> app : apps.entrySet()) {
      Path status = Path.of("/proc", Long.toString(app.getValue().pid()), "status");
      String kilobytes =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .findFirst()
              .orElseThrow()
              .replaceAll("\\D", "");
      resident.put(app.getKey(), Long.parseLong(kilobytes) / 1024);
    }
    return resident;
  }

  @Override
  public void close() {
    stopApps();
    etcd.close();
    postgres.close();
  }

  private static void awaitEnd(Process app) {
    try {
      if (!app.waitFor(20, TimeUnit.SECONDS)) {
        app.destroyForcibly();
      }
    } catch (InterruptedException e) {
      app.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
