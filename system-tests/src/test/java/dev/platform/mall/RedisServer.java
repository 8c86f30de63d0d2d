package dev.platform.mall;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The {@code redis-server} on the PATH, on a free loopback port, without persistence. */
final class RedisServer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final int port = Ports.free();
  private Process process;

  private RedisServer() {
    start();
  }

  /** If Redis is missing, the test is skipped, or fails with no-skips. */
  static RedisServer require() {
    Programs.require("redis-server", "redis-server");
    return new RedisServer();
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  void start() {
    try {
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
    } catch (IOException e) {
      throw new UncheckedIOException("redis-server does not start", e);
    }
    ProcessReaper.childrenChanged();
    await("Redis listens").atMost(START_LIMIT).until(this::accepts);
  }

  void kill() {
    process.destroyForcibly().onExit().join();
    ProcessReaper.childrenChanged();
  }

  @Override
  public void close() {
    kill();
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }
}
