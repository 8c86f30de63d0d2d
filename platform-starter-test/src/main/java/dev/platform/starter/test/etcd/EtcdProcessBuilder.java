package dev.platform.starter.test.etcd;

import dev.platform.starter.test.net.FreePorts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Configures a real etcd. Not thread-safe. */
public final class EtcdProcessBuilder {

  private final List<String> flags = new ArrayList<>();
  private @Nullable ServerTls tls;

  EtcdProcessBuilder() {}

  /** An option of etcd's own: {@code option("auth-token-ttl", "2")}. */
  public EtcdProcessBuilder option(String name, String value) {
    flags.add("--" + name + "=" + value);
    return this;
  }

  /** Secures the port that clients use; without it the server speaks plaintext. */
  public EtcdProcessBuilder tls(ServerTls tls) {
    this.tls = tls;
    return this;
  }

  /** On free ports, not started yet. */
  public EtcdProcess build() {
    List<Integer> ports = FreePorts.on(EtcdChild.HOST, 2);
    return new EtcdProcess(EtcdChild.create("test", ports.get(0), ports.get(1), flags, tls), tls);
  }
}
