package dev.platform.tests.app;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/**
 * The {@code redis-server} on the PATH, on a free port of this machine, keeping nothing on disk.
 */
final class RedisProcess implements AutoCloseable {

  private static final String NO_SKIPS = "platform.test.no-skips";

  private final int port;
  private final Process process;

  private RedisProcess(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Without a {@code redis-server} the test is skipped, or fails with no-skips. */
  static RedisProcess started() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    RedisProcess redis = new RedisProcess(port, start(port));
    await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(redis::accepts);
    return redis;
  }

  private static Process start(int port) {
    String[] command = {
      "redis-server", "--bind", "127.0.0.1", "--port", "" + port, "--save", "", "--appendonly", "no"
    };
    try {
      return new ProcessBuilder(command)
          .directory(Path.of("target").toFile())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      if (Boolean.getBoolean(NO_SKIPS)) {
        throw new IllegalStateException("no `redis-server` (" + NO_SKIPS + " is true)", e);
      }
      return Assumptions.abort("tests on Redis are skipped: no `redis-server`: " + e);
    }
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  private boolean accepts() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }
}
