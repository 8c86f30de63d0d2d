package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Collector, Jaeger and Prometheus that {@code interop/observability/build} has built, and what
 * is beside it.
 */
final class ObservabilityPrograms {

  /** Their configuration files. */
  static final Path FOLDER = Path.of("..", "interop", "observability").toAbsolutePath().normalize();

  private static final Duration READY = Duration.ofMinutes(2);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private ObservabilityPrograms() {}

  /** Starts one of them, and waits until an address answers OK; fails if they are not built. */
  static AppProcess start(
      String program,
      List<String> arguments,
      Map<String, String> environment,
      Path folder,
      URI readiness)
      throws IOException {
    String built = Programs.run(List.of(FOLDER.resolve("build").toString(), "--cached")).strip();
    List<String> command = new ArrayList<>();
    command.add(Path.of(built, "bin", program).toString());
    command.addAll(arguments);
    AppProcess process =
        AppProcess.start(program, command, environment, folder.resolve(program + ".log"), folder);
    await(program + " is ready; log: " + process.log().path())
        .atMost(READY)
        .pollInterval(Duration.ofMillis(100))
        .failFast(program + " has ended", () -> !process.isAlive())
        .until(() -> isReady(readiness));
    return process;
  }

  private static boolean isReady(URI readiness) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(5)).build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
