package dev.platform.dev;

import dev.platform.dev.command.DevCommand;
import dev.platform.dev.etcd.DevEtcd;
import dev.platform.dev.hosting.LoopbackEndpoint;
import dev.platform.dev.hosting.SharedService;
import dev.platform.dev.issuer.DevIssuer;
import dev.platform.dev.issuer.DevIssuerProperties;
import dev.platform.dev.postgres.DevPostgres;
import dev.platform.dev.postgres.DevPostgresProperties;
import dev.platform.dev.tracing.DevTracing;
import dev.platform.dev.tracing.DevTracingProperties;
import dev.platform.dev.tracing.SpanExportProperties;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Runs all development services in one process, for apps that are started from their jars: etcd, a
 * PostgreSQL with a database for each app of the mall, the trace collector, and the issuer of
 * tokens if {@code spring.security.oauth2.resourceserver.jwt.issuer-uri} is a loopback address.
 * Takes these and the {@code platform.dev.*} properties as arguments ({@code --name=value}), system
 * properties or environment variables. Ends on SIGTERM.
 */
public final class DevServices {

  private static final List<String> DATABASES = List.of("order", "inventory", "payment");

  private final Deque<Runnable> running = new ArrayDeque<>(); // what stops each; guarded by this

  /**
   * Starts the services, prints one line for each that is ready, and runs until SIGTERM; or runs a
   * command.
   */
  public static void main(String[] args) throws InterruptedException {
    if (DevCommand.isCommand(args)) {
      System.exit(DevCommand.run(args, System.out, System.err));
    }
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
    startLogging(environment);
    DevServices services = new DevServices();
    Runtime.getRuntime().addShutdownHook(new Thread(services::stop, "platform-dev-stop"));
    try {
      services.start(environment);
    } catch (Exception e) {
      System.err.println("development services did not start: " + rootMessage(e));
      System.exit(1);
    }
    new CountDownLatch(1).await();
  }

  private synchronized void start(StandardEnvironment environment) throws Exception {
    Binder binder = Binder.get(environment);
    startEtcd(environment);
    startTracing(
        tracesEndpoint(environment),
        binder.bindOrCreate("platform.dev.tracing", DevTracingProperties.class));
    startIssuer(environment, binder.bindOrCreate("platform.dev.issuer", DevIssuerProperties.class));
    startPostgres(binder.bindOrCreate("platform.dev.postgres", DevPostgresProperties.class));
    System.out.println("ready");
  }

  /** By either name, since apps of both generations of Spring Boot send traces here. */
  private static String tracesEndpoint(StandardEnvironment environment) {
    return Arrays.stream(SpanExportProperties.values())
        .map(names -> environment.getProperty(names.endpoint()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(DevTracing.DEFAULT_ENDPOINT);
  }

  private void startEtcd(StandardEnvironment environment) {
    if (environment.getProperty("platform.dev.etcd.enabled", Boolean.class, true)) {
      SharedService etcd = DevEtcd.at(environment);
      etcd.start();
      running.push(etcd::close);
      System.out.println("etcd        " + describe(etcd));
    }
  }

  private void startTracing(String endpoint, DevTracingProperties properties) {
    if (properties.enabled()) {
      SharedService traces =
          DevTracing.at(LoopbackEndpoint.parse(endpoint).orElseThrow(), properties);
      traces.start();
      running.push(traces::close);
      System.out.println("traces      " + describe(traces));
    }
  }

  private void startIssuer(StandardEnvironment environment, DevIssuerProperties properties) {
    Optional<InetSocketAddress> address = DevIssuer.addressIn(environment);
    if (properties.enabled() && address.isPresent()) {
      SharedService issuer = DevIssuer.at(address.get(), properties);
      issuer.start();
      running.push(issuer::close);
      System.out.println("issuer      " + describe(issuer));
    }
  }

  private void startPostgres(DevPostgresProperties properties) throws Exception {
    if (properties.enabled()) {
      DevPostgres postgres = DevPostgres.start(properties);
      running.push(postgres::close);
      for (String database : DATABASES) {
        postgres.createDatabase(database);
      }
      System.out.println(
          DATABASES.stream()
              .map(postgres::jdbcUrl)
              .collect(Collectors.joining(" ", "postgresql  ", "")));
    }
  }

  private static String describe(SharedService service) {
    return service.endpoint()
        + (service.hosting() ? " (hosted here)" : " (hosted by another process)");
  }

  /** Stops all services, the last started first; waits for a start in progress. */
  private synchronized void stop() {
    while (!running.isEmpty()) {
      running.pop().run();
    }
  }

  /**
   * Spring Boot's console log without an application; the lines printed at the start are enough.
   */
  private static void startLogging(StandardEnvironment environment) {
    LoggingSystem logging = LoggingSystem.get(DevServices.class.getClassLoader());
    logging.beforeInitialize();
    logging.initialize(new LoggingInitializationContext(environment), null, null);
    logging.setLogLevel("ROOT", LogLevel.WARN);
    logging.setLogLevel("dev.platform.dev", LogLevel.INFO);
  }

  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
