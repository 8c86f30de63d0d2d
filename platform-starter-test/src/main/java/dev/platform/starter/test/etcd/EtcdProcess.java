package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one member: the {@code etcd} on the PATH as a child process, on the loopback
 * address, with its data in a temporary directory. Ends with this JVM at the latest.
 *
 * <p>Thread-safe. {@link #stop()} is a crash: a SIGKILL.
 */
public final class EtcdProcess implements EtcdServer {

  private static final String HOST = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final int port;
  private final int peerPort;
  private final Path directory;
  private final Thread onExit = new Thread(this::kill, "etcd-process-exit");
  private @Nullable Process process; // guarded by this
  private @Nullable EtcdClient client; // guarded by this
  private boolean closed; // guarded by this

  private EtcdProcess(int port, int peerPort, Path directory) {
    this.port = port;
    this.peerPort = peerPort;
    this.directory = directory;
  }

  /** A server on free ports, not started yet. */
  public static EtcdProcess create() {
    try (ServerSocket first = listen(0);
        ServerSocket second = listen(0)) {
      Path directory = Files.createTempDirectory("etcd-process-");
      EtcdProcess etcd = new EtcdProcess(first.getLocalPort(), second.getLocalPort(), directory);
      Runtime.getRuntime().addShutdownHook(etcd.onExit);
      return etcd;
    } catch (IOException e) {
      throw new UncheckedIOException("etcd's ports and directory can't be had", e);
    }
  }

  /** True if there is an executable {@code etcd} on the PATH. */
  public static boolean isAvailable() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "etcd")));
  }

  @Override
  public URI endpoint() {
    return URI.create("http://" + HOST + ":" + port);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public synchronized void start() {
    if (closed) {
      throw new IllegalStateException("etcd process: closed (expected: new, running or stopped)");
    }
    if (process != null) {
      return;
    }
    try {
      listen(port).close();
      process =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("etcd does not start on port " + port, e);
    }
    client = new EtcdClient(HOST, port);
    awaitAnswer();
  }

  @Override
  public synchronized void stop() {
    if (client != null) {
      client.close();
      client = null;
    }
    kill();
    process = null;
  }

  @Override
  public synchronized boolean isRunning() {
    return process != null;
  }

  @Override
  public synchronized void wipe() {
    stop();
    deleteTree(dataDirectory());
    start();
  }

  @Override
  public synchronized void freeze() {
    signal("STOP");
  }

  @Override
  public synchronized void thaw() {
    signal("CONT");
  }

  @Override
  public synchronized void reset() {
    thaw();
    start();
    client().clear();
  }

  @Override
  public long put(String key, String value) {
    return client().put(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value));
  }

  @Override
  public Optional<String> get(String key) {
    return client().range(KeyRange.single(ByteString.copyFromUtf8(key))).stream()
        .map(kv -> kv.getValue().toStringUtf8())
        .findFirst();
  }

  @Override
  public boolean delete(String key) {
    return client().delete(KeyRange.single(ByteString.copyFromUtf8(key))) > 0;
  }

  @Override
  public List<String> keys(String prefix) {
    return client().range(KeyRange.prefix(ByteString.copyFromUtf8(prefix))).stream()
        .map(kv -> kv.getKey().toStringUtf8())
        .toList();
  }

  @Override
  public long grantLease(Duration ttl) {
    return client().grant(ttl.toSeconds());
  }

  @Override
  public void expireLease(long id) {
    client().revoke(id);
  }

  @Override
  public List<Long> leases() {
    return client().leases();
  }

  @Override
  public long revision() {
    return client().revision();
  }

  @Override
  public long compact() {
    long revision = client().revision();
    client().compact(revision);
    return revision;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    stop();
    closed = true;
    deleteTree(directory);
    Runtime.getRuntime().removeShutdownHook(onExit);
  }

  private List<String> command() {
    String clientUrl = endpoint().toString();
    String peerUrl = "http://" + HOST + ":" + peerPort;
    return List.of(
        "etcd",
        "--name=test",
        "--data-dir=" + dataDirectory(),
        "--listen-client-urls=" + clientUrl,
        "--advertise-client-urls=" + clientUrl,
        "--listen-peer-urls=" + peerUrl,
        "--initial-advertise-peer-urls=" + peerUrl,
        "--initial-cluster=test=" + peerUrl);
  }

  private Path dataDirectory() {
    return directory.resolve("data");
  }

  private Path log() {
    return directory.resolve("etcd.log");
  }

  private void awaitAnswer() {
    long start = System.nanoTime();
    while (!client().answers()) {
      boolean dead = process == null || !process.isAlive();
      if (dead || System.nanoTime() - start > START_LIMIT.toNanos()) {
        String said = logTail();
        stop();
        throw new IllegalStateException(
            "etcd " + (dead ? "ended" : "did not answer") + " at its start: " + said);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private String logTail() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "its log can't be read: " + e;
    }
  }

  private synchronized EtcdClient client() {
    if (client == null) {
      throw new IllegalStateException("etcd process: stopped (expected: running)");
    }
    return client;
  }

  private void signal(String name) {
    if (process == null) {
      return;
    }
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name + ": exit code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("kill -" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling etcd", e);
    }
  }

  private synchronized void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getByName(HOST));
  }

  private static void deleteTree(Path root) {
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't delete " + root, e);
    }
  }
}
