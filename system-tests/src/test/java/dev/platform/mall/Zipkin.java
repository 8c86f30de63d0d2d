package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The demo's Zipkin with its start options, on a free port. */
final class Zipkin implements AutoCloseable {

  private static final Path JAR = Path.of("target", "zipkin", "zipkin.jar").toAbsolutePath();
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

  private final AppProcess process;
  private final int port;

  private Zipkin(AppProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts Zipkin and returns immediately. */
  static Zipkin start(Path log) {
    int port = Ports.free();
    List<String> command =
        Jvm.command(
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"),
            List.of(
                "-jar",
                JAR.toString(),
                "--armeria.ports[0].address=127.0.0.1",
                "--armeria.ports[0].port=" + port,
                "--armeria.ports[0].protocols[0]=http"));
    return new Zipkin(AppProcess.start("zipkin", command, Map.of(), log), port);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Waits until it accepts spans and serves its page. */
  void awaitReady() {
    await("Zipkin answers")
        .atMost(AppProcess.START_LIMIT)
        .pollInterval(Duration.ofMillis(250))
        .failFast(
            () ->
                assertThat(process.isAlive())
                    .as("Zipkin runs; its log ends:%n%s", process.log().tail())
                    .isTrue())
        .until(this::isHealthy);
  }

  @Override
  public void close() {
    process.close();
  }

  private boolean isHealthy() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url().resolve("/health")).timeout(PROBE_LIMIT).build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
