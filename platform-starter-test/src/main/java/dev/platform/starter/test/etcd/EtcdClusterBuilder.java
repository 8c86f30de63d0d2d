package dev.platform.starter.test.etcd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Configures a cluster of real etcds. Not thread-safe. */
public final class EtcdClusterBuilder {

  private final List<String> flags = new ArrayList<>();
  private int members = 3;
  private String program = EtcdChild.ON_PATH;
  private @Nullable ServerTls tls;

  EtcdClusterBuilder() {}

  /** How many members it starts with, 3 by default. */
  public EtcdClusterBuilder members(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("members: " + number + " (expected: >= 1)");
    }
    this.members = number;
    return this;
  }

  /** The executable of all members; by default the {@code etcd} on the PATH. */
  public EtcdClusterBuilder program(Path executable) {
    this.program = executable.toString();
    return this;
  }

  /**
   * An option of etcd's own, for all members: {@code option("auto-compaction-mode", "periodic")}.
   */
  public EtcdClusterBuilder option(String name, String value) {
    flags.add("--" + name + "=" + value);
    return this;
  }

  /**
   * Secures the ports that clients use, and with mutual TLS those between the members, too; without
   * it they speak plaintext.
   */
  public EtcdClusterBuilder tls(ServerTls tls) {
    this.tls = tls;
    return this;
  }

  /** Starts it; on return the members have elected a leader. */
  public EtcdCluster start() {
    return EtcdCluster.start(new EtcdMembers(program, flags, tls), members);
  }
}
