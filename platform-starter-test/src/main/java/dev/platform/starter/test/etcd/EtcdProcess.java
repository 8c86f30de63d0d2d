package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestCertificate;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one member: the {@code etcd} on the PATH as a child process, on the loopback
 * address, with its data in a temporary directory. Ends with this JVM at the latest.
 *
 * <p>Thread-safe. {@link #stop()} is a crash: a SIGKILL.
 */
public final class EtcdProcess implements EtcdServer {

  private final EtcdChild child;
  private final @Nullable ServerTls tls;
  private @Nullable EtcdClient client; // guarded by this
  private boolean closed; // guarded by this

  EtcdProcess(EtcdChild child, @Nullable ServerTls tls) {
    this.child = child;
    this.tls = tls;
  }

  /** A server on free ports, not started yet. */
  public static EtcdProcess create() {
    return builder().build();
  }

  public static EtcdProcessBuilder builder() {
    return new EtcdProcessBuilder();
  }

  /** True if there is an executable {@code etcd} on the PATH. */
  public static boolean isAvailable() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "etcd")));
  }

  @Override
  public URI endpoint() {
    return child.endpoint();
  }

  @Override
  public int port() {
    return child.port();
  }

  @Override
  public synchronized void start() {
    if (closed) {
      throw new IllegalStateException("etcd process: closed (expected: new, running or stopped)");
    }
    if (child.isStarted()) {
      return;
    }
    child.start(child.clusterEntry());
    EtcdClient fresh = new EtcdClient(child.endpoint(), tls);
    client = fresh;
    try {
      StartedEtcd.await(child, fresh);
    } catch (IllegalStateException notStarted) {
      stop();
      throw notStarted;
    }
  }

  @Override
  public synchronized void stop() {
    if (client != null) {
      client.close();
      client = null;
    }
    child.kill();
  }

  @Override
  public synchronized boolean isRunning() {
    return child.isStarted();
  }

  @Override
  public synchronized void wipe() {
    stop();
    child.deleteData();
    start();
  }

  @Override
  public synchronized void freeze() {
    child.freeze();
  }

  @Override
  public synchronized void thaw() {
    child.thaw();
  }

  @Override
  public void outOfSpace(boolean full) {
    client().outOfSpace(full);
  }

  /** Presents another certificate on new connections; existing ones stay. */
  public void certificate(TestCertificate certificate) {
    child.certificate(certificate);
  }

  @Override
  public synchronized void reset() {
    thaw();
    start();
    outOfSpace(false);
    client().clear();
  }

  @Override
  public long put(String key, String value) {
    return client().put(key, value);
  }

  @Override
  public Optional<String> get(String key) {
    return client().get(key);
  }

  @Override
  public boolean delete(String key) {
    return client().delete(key);
  }

  @Override
  public List<String> keys(String prefix) {
    return client().keys(prefix);
  }

  @Override
  public long grantLease(Duration ttl) {
    return client().grant(ttl);
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
    return client().compact();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    stop();
    closed = true;
    child.close();
  }

  private synchronized EtcdClient client() {
    if (client == null) {
      throw new IllegalStateException("etcd process: stopped (expected: running)");
    }
    return client;
  }
}
