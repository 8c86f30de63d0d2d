package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The apps as {@code mvn spring-boot:run} starts them, without any other service: their classes,
 * and platform-dev on the class path. Only the ports differ, since the usual ones may be in use.
 */
class DevelopmentModeIT {

  private static final String HOSTS_ETCD = "hosting etcd at";
  private static final Pattern POSTGRES =
      Pattern.compile("PostgreSQL for development is at (\\S+)");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final int etcdPort = Ports.free();
  private final int tracesPort = Ports.free();
  private final Map<App, AppProcess> running = new EnumMap<>(App.class);
  private final Channels channels = new Channels();
  private final Registered registered = new Registered(channels.to("127.0.0.1:" + etcdPort));
  private int started;

  @TempDir private Path snapshots;

  @AfterEach
  void stop() {
    channels.close();
    for (AppProcess app : running.values()) {
      try (app) {
        // Each app has a PostgreSQL to stop.
        app.terminate();
      }
    }
  }

  @Test
  void appsStartedInAnyOrderFindEachOtherAndOneTakesOverEtcdFromAnother() throws Exception {
    for (App app : List.of(App.ORDER, App.PAYMENT, App.INVENTORY)) {
      start(app);
    }
    awaitRegistered();
    placeAnOrder();

    App host = host();
    int exitCode = running.remove(host).terminate();
    long stoppedAt = System.nanoTime();
    assertThat(exitCode).isEqualTo(143);
    await("another app hosts etcd, and all live apps are registered there")
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(this::assertRegistered);
    Report.line(
        "development: %s took over etcd from %s, all registered again %.1f s later",
        host().id(), host.id(), (System.nanoTime() - stoppedAt) / 1e9);

    start(host);
    awaitRegistered();
    placeAnOrder();
  }

  private void start(App app) {
    // An option that the Maven plugin adds by default.
    List<String> options = List.of("-XX:TieredStopAtLevel=1");
    AppProcess process =
        AppProcess.start(
            app.id(),
            Jvm.command(options, List.of("-cp", app.developmentClassPath(), app.mainClass())),
            Map.of(
                "SERVER_PORT", "0",
                "SERVER_ADDRESS", "127.0.0.1",
                "GRPC_SERVER_PORT", "0",
                "GRPC_SERVER_ADDRESS", "127.0.0.1",
                "PLATFORM_REGISTRY_ADVERTISE_HOST", "127.0.0.1",
                "PLATFORM_ETCD_ENDPOINTS", "http://127.0.0.1:" + etcdPort,
                "PLATFORM_DISCOVERY_SNAPSHOT_DIRECTORY", snapshots.toString(),
                "MANAGEMENT_OTLP_TRACING_ENDPOINT", "http://127.0.0.1:" + tracesPort),
            Path.of("target", "system-tests", "development", ++started + "-" + app.id() + ".log"));
    running.put(app, process);
  }

  private void awaitRegistered() throws Exception {
    for (AppProcess app : running.values()) {
      app.awaitReady();
      ProcessReaper.adopt(Postmaster.at(app.log().first(POSTGRES).orElseThrow()));
    }
    await("all are registered")
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(this::assertRegistered);
  }

  private void assertRegistered() throws Exception {
    for (App app : App.values()) {
      List<String> expected =
          running.containsKey(app) ? List.of(running.get(app).address()) : List.of();
      for (String service : app.services()) {
        assertThat(registered.instancesOf(service))
            .as("instances of %s", service)
            .extracting(Instance::address)
            .containsExactlyElementsOf(expected);
      }
    }
  }

  private App host() {
    List<App> hosts =
        Arrays.stream(App.values())
            .filter(app -> running.containsKey(app) && running.get(app).log().contains(HOSTS_ETCD))
            .toList();
    assertThat(hosts).as("apps that host etcd").hasSize(1);
    return hosts.get(0);
  }

  private void placeAnOrder() {
    try (Shopper shopper = new Shopper(running.get(App.ORDER).address())) {
      shopper.warmUp(1);
    }
  }
}
