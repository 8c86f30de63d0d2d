package dev.platform.starter.test.etcd;

import dev.platform.starter.test.net.FreePorts;
import dev.platform.starter.test.tls.TestCertificate;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server of etcd's v3 gRPC API inside this JVM: a cluster of one that keeps its data in memory.
 *
 * <p>Thread-safe. Its threads are daemons and end with {@link #stop()}.
 */
public final class EmbeddedEtcd implements EtcdServer {

  private static final int FREE_PORT_ATTEMPTS = 5;

  private final String host;
  private final NodeSettings settings;
  private volatile int port;
  private volatile EtcdState state;
  private long raftTerm = 1; // guarded by this
  private @Nullable EtcdNode node; // guarded by this
  private boolean closed; // guarded by this

  EmbeddedEtcd(String host, int port, NodeSettings settings) {
    this.host = host;
    this.port = port;
    this.settings = settings;
    this.state = new EtcdState(settings.ticker());
  }

  public static EmbeddedEtcdBuilder builder() {
    return new EmbeddedEtcdBuilder();
  }

  @Override
  public URI endpoint() {
    return URI.create(member(port(), 0).clientUrl());
  }

  @Override
  public int port() {
    if (port == 0) {
      throw new IllegalStateException("port: not chosen yet (expected: a started server)");
    }
    return port;
  }

  @Override
  public synchronized void start() {
    if (closed) {
      throw new IllegalStateException("embedded etcd: closed (expected: new, running or stopped)");
    }
    if (node != null) {
      return;
    }
    if (port != 0) {
      open(port);
    } else {
      openOnFreePort();
    }
  }

  @Override
  public synchronized void stop() {
    if (node != null) {
      node.stop();
      node = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return node != null;
  }

  @Override
  public synchronized void wipe() {
    stop();
    state = new EtcdState(settings.ticker());
    raftTerm = 1;
    start();
  }

  @Override
  public synchronized void freeze() {
    ifRunning(EtcdNode::freeze);
  }

  @Override
  public synchronized void thaw() {
    ifRunning(EtcdNode::thaw);
  }

  /** Resets all client connections; new ones are accepted at once. */
  public synchronized void dropConnections() {
    ifRunning(EtcdNode::dropConnections);
  }

  /** How many watch streams are open; 0 while stopped. */
  public synchronized int watchStreams() {
    return node == null ? 0 : node.watchStreams();
  }

  /** Delays every answer, watch events too; zero ends it. */
  public void delayAnswers(Duration delay) {
    settings.faults().answerDelay(delay);
  }

  @Override
  public void outOfSpace(boolean full) {
    settings.faults().outOfSpace(full);
  }

  /** All tokens that users got by logging in are refused from now on; a new login helps. */
  public void expireTokens() {
    settings.access().forgetTokens();
  }

  /**
   * Switches authentication on or off, as {@code etcdctl auth enable} and {@code auth disable} do;
   * the users remain. A server that was built with users has it on. While it is off everybody may
   * do anything, and a login is refused. Switching it off ends all tokens; as with etcd 3.4, a
   * request that has one is refused nevertheless.
   */
  public void requireAuthentication(boolean required) {
    settings.access().require(required);
  }

  /**
   * Changes the key permissions of a user.
   *
   * @param prefixes only keys that start with one of these may be read, written and watched; none:
   *     no key at all, an empty prefix: all keys
   */
  public void permit(String user, List<String> prefixes) {
    settings.access().permit(user, prefixes);
  }

  /** Presents another certificate on new connections; existing ones stay. */
  public void certificate(TestCertificate certificate) {
    if (settings.tls() == null) {
      throw new IllegalStateException("embedded etcd: plaintext (expected: built with tls)");
    }
    settings.tls().certificate(certificate);
  }

  @Override
  public synchronized void reset() {
    settings.faults().clear();
    thaw();
    start();
    state.clear();
  }

  @Override
  public long put(String key, String value) {
    return data().put(key, value);
  }

  @Override
  public Optional<String> get(String key) {
    return data().get(key);
  }

  @Override
  public boolean delete(String key) {
    return data().delete(key);
  }

  @Override
  public List<String> keys(String prefix) {
    return data().keys(prefix);
  }

  @Override
  public long grantLease(Duration ttl) {
    return data().grantLease(ttl);
  }

  @Override
  public void expireLease(long id) {
    data().expireLease(id);
  }

  @Override
  public List<Long> leases() {
    return data().leases();
  }

  @Override
  public long revision() {
    return state.revision();
  }

  @Override
  public long compact() {
    return data().compact();
  }

  @Override
  public synchronized void close() {
    stop();
    closed = true;
    state = new EtcdState(settings.ticker());
  }

  private void ifRunning(Consumer<EtcdNode> action) {
    EtcdNode running = node;
    if (running != null) {
      action.accept(running);
    }
  }

  private StoreView data() {
    return new StoreView(state);
  }

  private Member member(int chosenPort, long term) {
    return new Member(host, chosenPort, settings.tls() != null, term);
  }

  private void open(int chosenPort) {
    settings.access().forgetTokens();
    node = EtcdNode.start(state, settings, member(chosenPort, raftTerm + 1));
    raftTerm++;
    port = chosenPort;
  }

  /** Member and cluster ids come from the port, so it is chosen before the bind. */
  private void openOnFreePort() {
    for (int attempt = 1; node == null; attempt++) {
      try {
        open(FreePorts.on(host));
      } catch (UncheckedIOException takenMeanwhile) {
        if (attempt == FREE_PORT_ATTEMPTS) {
          throw takenMeanwhile;
        }
      }
    }
  }
}
