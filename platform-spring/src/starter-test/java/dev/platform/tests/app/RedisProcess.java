package dev.platform.tests.app;

import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.net.FreePorts;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The {@code redis-server} on the PATH, on a free local port, without persistence. */
public final class RedisProcess implements AutoCloseable {

  private static final String NO_SKIPS = "platform.test.no-skips";

  private final int port;
  private Process process;

  private RedisProcess(int port) {
    this.port = port;
  }

  /** Not started. Without {@code redis-server} the test is skipped, or fails with no-skips. */
  public static RedisProcess create() throws IOException {
    require();
    return new RedisProcess(FreePorts.on("127.0.0.1"));
  }

  public static RedisProcess started() throws Exception {
    RedisProcess redis = create();
    redis.start();
    return redis;
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  public void start() throws Exception {
    process =
        new ProcessBuilder(
                List.of(
                    "redis-server",
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--save",
                    "",
                    "--appendonly",
                    "no"))
            .directory(Path.of("target").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(this::accepts);
  }

  public void kill() throws Exception {
    process.destroyForcibly().waitFor();
  }

  public void freeze() throws Exception {
    signal("STOP");
  }

  public void thaw() throws Exception {
    signal("CONT");
  }

  @Override
  public void close() throws Exception {
    if (process != null) {
      kill();
    }
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private boolean accepts() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  private static void require() {
    boolean there =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")));
    if (there) {
      return;
    }
    String message =
        "tests on Redis are skipped: no `redis-server` on the PATH;"
            + " get it with `apt-get install redis-server` or `brew install redis`";
    if (Boolean.getBoolean(NO_SKIPS)) {
      throw new IllegalStateException(message + " (" + NO_SKIPS + " is true)");
    }
    Assumptions.abort(message);
  }
}
