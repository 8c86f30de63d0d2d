package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * An app in a separate process. It chooses free ports, which are read from its log. Methods block
 * up to a limit; exceeding it fails the test and shows the end of the log.
 */
final class AppProcess implements AutoCloseable {

  /** Generous, since several JVMs may start on two busy cores. */
  static final Duration START_LIMIT = Duration.ofMinutes(4);

  static final Duration STOP_LIMIT = Duration.ofSeconds(90);

  private static final Pattern HTTP_PORT = Pattern.compile("Tomcat started on port (\\d+) ");
  private static final Pattern GRPC_PORT =
      Pattern.compile("listening on address: \\S+ port: (\\d+)");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Process process;
  private final LogFile log;
  private final long startedAt = System.nanoTime();

  private AppProcess(String name, Process process, LogFile log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a process and returns immediately. */
  static AppProcess start(
      String name, List<String> command, Map<String, String> environment, Path logFile) {
    return start(name, command, environment, logFile, Path.of(""));
  }

  /** Starts a process in a given folder. */
  static AppProcess start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Path logFile,
      Path folder) {
    try {
      Files.createDirectories(logFile.getParent());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toAbsolutePath().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(logFile.toFile()));
      // That of this test's Helm.
      builder.environment().remove("KUBECONFIG");
      builder.environment().putAll(environment);
      Process process = builder.start();
      ProcessReaper.childrenChanged();
      return new AppProcess(name, process, new LogFile(logFile));
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not start", e);
    }
  }

  String name() {
    return name;
  }

  LogFile log() {
    return log;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until the app is ready, and returns the time since the start. */
  Duration awaitReady() {
    await(name + " is ready; log: " + log.path())
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            () -> assertThat(isAlive()).as("%s runs; its log ends:%n%s", name, log.tail()).isTrue())
        .until(this::isReady);
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** Waits until the log has the gRPC server's address. */
  void awaitListening() {
    await(name + " listens; log: " + log.path())
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .failFast(
            () -> assertThat(isAlive()).as("%s runs; its log ends:%n%s", name, log.tail()).isTrue())
        .until(() -> log.first(GRPC_PORT).isPresent());
  }

  int httpPort() {
    return Integer.parseInt(log.first(HTTP_PORT).orElseThrow());
  }

  int grpcPort() {
    return Integer.parseInt(log.first(GRPC_PORT).orElseThrow());
  }

  /** Host and gRPC port, as registered. */
  String address() {
    return "127.0.0.1:" + grpcPort();
  }

  Instance instance() {
    return new Instance(address(), httpPort());
  }

  /** The app's answer to a GET. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + httpPort() + path);
    return HTTP.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /**
   * The app's view of its registration and of other services, from the {@code platform} endpoint.
   */
  JsonNode platform() throws IOException, InterruptedException {
    return JSON.readTree(get("/actuator/platform").body());
  }

  /** Sends SIGTERM, waits for the process to exit and returns the exit code. */
  int terminate() {
    process.destroy();
    return awaitExit(STOP_LIMIT);
  }

  /** Kills the process, by SIGKILL. */
  void kill() {
    process.destroyForcibly();
    awaitExit(STOP_LIMIT);
  }

  /** Freezes the process, by SIGSTOP; its connections stay open. */
  void freeze() {
    signal("STOP");
  }

  /** Resumes a frozen process. */
  void thaw() {
    signal("CONT");
  }

  int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "%s still runs after %s; its log ends:%n%s".formatted(name, limit, log.tail()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the end of " + name, e);
    }
    ProcessReaper.childrenChanged();
    return process.exitValue();
  }

  /** Linux's statistics of the process. */
  LinuxProcess linux() {
    return new LinuxProcess(process.pid());
  }

  /** Ends the process in any state. */
  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }

  private boolean isReady() throws InterruptedException {
    if (log.first(HTTP_PORT).isEmpty() || log.first(GRPC_PORT).isEmpty()) {
      return false;
    }
    try {
      return get("/actuator/health/readiness").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      assertThat(code).as("exit code of kill -%s for %s", signal, name).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException("kill -" + signal, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling " + name, e);
    }
  }
}
