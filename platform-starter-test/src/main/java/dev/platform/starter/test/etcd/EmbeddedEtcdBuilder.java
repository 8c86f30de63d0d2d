package dev.platform.starter.test.etcd;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Configures an embedded server. Not thread-safe. */
public final class EmbeddedEtcdBuilder {

  private String host = "127.0.0.1";
  private int port;
  private LongSupplier ticker = System::nanoTime;
  private Duration progressInterval = Duration.ofMinutes(10);

  private final Access access = new Access();
  private @Nullable ServerTls tls;

  EmbeddedEtcdBuilder() {}

  /** The address to listen on; {@code 127.0.0.1} by default. */
  public EmbeddedEtcdBuilder host(String host) {
    this.host = host;
    return this;
  }

  /** The port to listen on; 0, the default, takes a free one at the first start. */
  public EmbeddedEtcdBuilder port(int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    this.port = port;
    return this;
  }

  /** Monotonic time in nanoseconds, by which leases run out; {@code System::nanoTime}. */
  public EmbeddedEtcdBuilder ticker(LongSupplier nanos) {
    this.ticker = nanos;
    return this;
  }

  /** How long a watch with {@code progress_notify} stays quiet; 10 minutes, as in etcd. */
  public EmbeddedEtcdBuilder progressInterval(Duration interval) {
    this.progressInterval = interval;
    return this;
  }

  /**
   * Adds a user with all permissions, and so requires authentication. Tokens don't outlive a
   * restart.
   */
  public EmbeddedEtcdBuilder user(String name, String password) {
    return user(name, password, List.of(""));
  }

  /** Adds a user that may only access keys with these prefixes, and none without prefixes. */
  public EmbeddedEtcdBuilder user(String name, String password, List<String> prefixes) {
    access.user(name, password, prefixes);
    return this;
  }

  /** Secures the port; without it the server speaks plaintext. */
  public EmbeddedEtcdBuilder tls(ServerTls tls) {
    this.tls = tls;
    return this;
  }

  /** Never blocks; the server isn't started yet. */
  public EmbeddedEtcd build() {
    NodeTls nodeTls = tls == null ? null : new NodeTls(tls);
    return new EmbeddedEtcd(
        host,
        port,
        new NodeSettings(new Faults(), access.copy(), ticker, progressInterval, nodeTls));
  }
}
