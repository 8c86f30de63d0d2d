package dev.platform.starter.test.etcd;

import dev.platform.starter.test.net.FreePorts;
import dev.platform.starter.test.tls.TestAuthority;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An etcd as a child process on the loopback address, with ports and a temporary directory of its
 * own. Ends with this JVM at the latest. Thread-safe.
 */
final class EtcdChild implements AutoCloseable {

  static final String HOST = "127.0.0.1";

  /** The etcd on the PATH. */
  static final String ON_PATH = "etcd";

  private static final Duration MOST_STOPPING = Duration.ofSeconds(5);
  private static final Duration MOST_ENDING = Duration.ofSeconds(20);

  private final String name;
  private final int port;
  private final int peerPort;
  private final Path directory;
  private final List<String> flags;
  private final boolean secure;
  private final boolean securePeers;
  private final Thread onExit = new Thread(this::kill, "etcd-process-exit");
  private String program = ON_PATH; // guarded by this
  private @Nullable Process process; // guarded by this
  private boolean frozen; // guarded by this

  private EtcdChild(
      String name,
      int port,
      int peerPort,
      Path directory,
      List<String> flags,
      boolean secure,
      boolean securePeers) {
    this.name = name;
    this.port = port;
    this.peerPort = peerPort;
    this.directory = directory;
    this.flags = List.copyOf(flags);
    this.secure = secure;
    this.securePeers = securePeers;
  }

  /** One that isn't started yet; {@code flags} are etcd's own. */
  static EtcdChild create(
      String name, int port, int peerPort, List<String> flags, @Nullable ServerTls tls) {
    return create(name, port, peerPort, flags, tls, null);
  }

  /**
   * As {@link #create(String, int, int, List, ServerTls)}, as a member of a cluster.
   *
   * @param peers members prove to each other that they are its; null for members without TLS
   */
  static EtcdChild create(
      String name,
      int port,
      int peerPort,
      List<String> flags,
      @Nullable ServerTls tls,
      @Nullable TestAuthority peers) {
    try {
      Path directory = Files.createTempDirectory("etcd-process-");
      ProcessTls files = new ProcessTls(directory);
      List<String> all = new ArrayList<>(flags);
      if (tls != null) {
        all.addAll(files.write(tls));
      }
      if (peers != null) {
        all.addAll(files.writePeer(peers.issue(name), peers));
      }
      EtcdChild child =
          new EtcdChild(name, port, peerPort, directory, all, tls != null, peers != null);
      Runtime.getRuntime().addShutdownHook(child.onExit);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("can't create etcd's directory", e);
    }
  }

  int port() {
    return port;
  }

  URI endpoint() {
    return URI.create((secure ? "https://" : "http://") + HOST + ":" + port);
  }

  /** How the members of its cluster, itself among them, find it. */
  String clusterEntry() {
    return name + "=" + peerUrl();
  }

  /** The environment without which older versions of etcd refuse to run on ARM. */
  static Map<String, String> environment(String osArch) {
    return switch (osArch) {
      case "aarch64" -> Map.of("ETCD_UNSUPPORTED_ARCH", "arm64");
      case "arm" -> Map.of("ETCD_UNSUPPORTED_ARCH", "arm");
      default -> Map.of();
    };
  }

  /** What it is started as from now on: a path, or a name on the PATH. */
  synchronized void program(String program) {
    this.program = program;
  }

  /** Starts the process, and waits for nothing. */
  void start(String initialCluster) {
    start(initialCluster, List.of());
  }

  /** Starts an empty member that its cluster knows already, and waits for nothing. */
  void join(String cluster) {
    start(cluster, List.of("--initial-cluster-state=existing"));
  }

  private synchronized void start(String initialCluster, List<String> more) {
    try {
      FreePorts.require(HOST, port);
      List<String> command = command(initialCluster);
      command.addAll(more);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.environment().putAll(environment(System.getProperty("os.arch")));
      process = builder.start();
      frozen = false;
    } catch (IOException e) {
      throw new UncheckedIOException("etcd does not start on port " + port, e);
    }
  }

  /** A crash: SIGKILL, and the wait for its end. */
  synchronized void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
      process = null;
      frozen = false;
    }
  }

  /** An orderly end: SIGTERM, and the wait for its end. */
  synchronized void terminate() {
    Process ending = process;
    if (ending == null) {
      return;
    }
    thaw();
    ending.destroy();
    try {
      if (!ending.waitFor(MOST_ENDING.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("etcd did not end within " + MOST_ENDING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while ending etcd", e);
    }
    process = null;
  }

  /** True from start to kill, unless it has ended by itself. */
  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** True from start to kill, even if it has ended by itself. */
  synchronized boolean isStarted() {
    return process != null;
  }

  synchronized boolean isFrozen() {
    return frozen;
  }

  synchronized void freeze() {
    signal("STOP");
    if (process != null) {
      awaitStopped(process.pid());
    }
    frozen = process != null;
  }

  /** A signal is only sent by {@code kill}: the process may go on for a moment. */
  private static void awaitStopped(long pid) {
    Path threads = Path.of("/proc", Long.toString(pid), "task");
    long end = System.nanoTime() + MOST_STOPPING.toNanos();
    while (Files.isDirectory(threads) && !areStopped(threads)) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("etcd did not stop within " + MOST_STOPPING);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** By the state behind the name in parentheses, on Linux. */
  private static boolean areStopped(Path threads) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
      for (Path thread : all) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // A thread has ended meanwhile.
      return false;
    }
  }

  synchronized void thaw() {
    signal("CONT");
    frozen = false;
  }

  void deleteData() {
    deleteTree(dataDirectory());
  }

  /** For new connections. */
  void certificate(TestCertificate certificate) {
    if (!secure) {
      throw new IllegalStateException("etcd process: plaintext (expected: built with tls)");
    }
    new ProcessTls(directory).write(certificate);
  }

  String logTail() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "its log can't be read: " + e;
    }
  }

  @Override
  public void close() {
    kill();
    deleteTree(directory);
    Runtime.getRuntime().removeShutdownHook(onExit);
  }

  private List<String> command(String initialCluster) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.add("--name=" + name);
    command.add("--data-dir=" + dataDirectory());
    command.add("--listen-client-urls=" + endpoint());
    command.add("--advertise-client-urls=" + endpoint());
    command.add("--listen-peer-urls=" + peerUrl());
    command.add("--initial-advertise-peer-urls=" + peerUrl());
    command.add("--initial-cluster=" + initialCluster);
    command.addAll(flags);
    return command;
  }

  /** Where the other members of its cluster connect to. */
  String peerUrl() {
    return (securePeers ? "https://" : "http://") + HOST + ":" + peerPort;
  }

  private Path dataDirectory() {
    return directory.resolve("data");
  }

  private Path log() {
    return directory.resolve("etcd.log");
  }

  private void signal(String signal) {
    if (process == null) {
      return;
    }
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + signal + ": exit code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("kill -" + signal, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling etcd", e);
    }
  }

  private static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't delete " + root, e);
    }
  }
}
