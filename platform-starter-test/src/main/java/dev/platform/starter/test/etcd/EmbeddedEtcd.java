package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A server of etcd's v3 gRPC API inside this JVM: a cluster of one that keeps its data in memory.
 *
 * <p>Thread-safe. Its threads are daemons and end with {@link #stop()}.
 */
public final class EmbeddedEtcd implements EtcdServer {

  private static final int FREE_PORT_ATTEMPTS = 5;

  private final String host;
  private final LongSupplier ticker;
  private final Duration progressInterval;
  private final Map<String, String> passwords;
  private final Faults faults = new Faults();
  private volatile int port;
  private volatile EtcdState state;
  private long raftTerm = 1; // guarded by this
  private @Nullable EtcdNode node; // guarded by this
  private boolean closed; // guarded by this

  private EmbeddedEtcd(Builder builder) {
    this.host = builder.host;
    this.port = builder.port;
    this.ticker = builder.ticker;
    this.progressInterval = builder.progressInterval;
    this.passwords = Map.copyOf(builder.passwords);
    this.state = new EtcdState(ticker);
  }

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public URI endpoint() {
    return URI.create(new Member(host, port(), 0).clientUrl());
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
    state = new EtcdState(ticker);
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

  /** How many clients watch something at this moment; 0 while stopped. */
  public synchronized int watchStreams() {
    return node == null ? 0 : node.watchStreams();
  }

  /** Holds back every answer, watch events too, until told otherwise; zero ends it. */
  public void delayAnswers(Duration delay) {
    faults.answerDelay(delay);
  }

  /** While true, puts and lease grants are refused: "database space exceeded". */
  public void outOfSpace(boolean full) {
    faults.outOfSpace(full);
  }

  @Override
  public synchronized void reset() {
    faults.clear();
    thaw();
    start();
    state.clear();
  }

  @Override
  public long put(String key, String value) {
    PutRequest request =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFromUtf8(value))
            .build();
    return ask(s -> s.put(request)).revision();
  }

  @Override
  public Optional<String> get(String key) {
    return range(KeyRange.single(ByteString.copyFromUtf8(key))).stream()
        .map(kv -> kv.getValue().toStringUtf8())
        .findFirst();
  }

  @Override
  public boolean delete(String key) {
    DeleteRangeRequest request =
        DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    return ask(s -> s.delete(request)).answer().getDeleted() > 0;
  }

  @Override
  public List<String> keys(String prefix) {
    return range(KeyRange.prefix(ByteString.copyFromUtf8(prefix))).stream()
        .map(kv -> kv.getKey().toStringUtf8())
        .toList();
  }

  @Override
  public long grantLease(Duration ttl) {
    return ask(s -> s.grant(0, ttl.toSeconds())).answer().id();
  }

  @Override
  public void expireLease(long id) {
    ask(s -> s.revoke(id));
  }

  @Override
  public List<Long> leases() {
    return ask(EtcdState::leases).answer();
  }

  @Override
  public long revision() {
    return state.revision();
  }

  @Override
  public long compact() {
    return ask(s -> s.compact(s.revision()));
  }

  @Override
  public synchronized void close() {
    stop();
    closed = true;
    state = new EtcdState(ticker);
  }

  private void ifRunning(Consumer<EtcdNode> action) {
    EtcdNode running = node;
    if (running != null) {
      action.accept(running);
    }
  }

  private List<KeyValue> range(KeyRange range) {
    RangeRequest request =
        RangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build();
    return ask(s -> s.range(request)).answer().getKvsList();
  }

  private <T> T ask(Function<EtcdState, T> request) {
    try {
      return request.apply(state);
    } catch (EtcdFailure refusal) {
      throw new IllegalStateException(refusal.getMessage(), refusal);
    }
  }

  private void open(int chosenPort) {
    Member member = new Member(host, chosenPort, raftTerm + 1);
    node = EtcdNode.start(state, faults, new Access(passwords), ticker, progressInterval, member);
    raftTerm++;
    port = chosenPort;
  }

  /** Member and cluster ids come from the port, so it is chosen before the bind. */
  private void openOnFreePort() {
    for (int attempt = 1; node == null; attempt++) {
      try {
        open(freePort());
      } catch (UncheckedIOException takenMeanwhile) {
        if (attempt == FREE_PORT_ATTEMPTS) {
          throw takenMeanwhile;
        }
      }
    }
  }

  private int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + host, e);
    }
  }

  /** What an embedded server is to be like. Not thread-safe. */
  public static final class Builder {

    private String host = "127.0.0.1";
    private int port;
    private LongSupplier ticker = System::nanoTime;
    private Duration progressInterval = Duration.ofMinutes(10);

    private final Map<String, String> passwords = new HashMap<>();

    private Builder() {}

    /** The address to listen on; {@code 127.0.0.1} by default. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** The port to listen on; 0, the default, takes a free one at the first start. */
    public Builder port(int port) {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
      this.port = port;
      return this;
    }

    /** Monotonic time in nanoseconds, by which leases run out; {@code System::nanoTime}. */
    public Builder ticker(LongSupplier nanos) {
      this.ticker = nanos;
      return this;
    }

    /** How long a watch with {@code progress_notify} stays quiet; 10 minutes, as in etcd. */
    public Builder progressInterval(Duration interval) {
      this.progressInterval = interval;
      return this;
    }

    /**
     * Adds a user, and thereby asks all clients for a login. A user may do everything; tokens don't
     * outlive a restart.
     */
    public Builder user(String name, String password) {
      passwords.put(name, password);
      return this;
    }

    /** Never blocks; the server isn't started yet. */
    public EmbeddedEtcd build() {
      return new EmbeddedEtcd(this);
    }
  }
}
