package dev.platform.starter.test.etcd;

import dev.platform.starter.test.tls.TestAuthority;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates the members of a cluster, all with the same options. */
final class EtcdMembers {

  private final String program;
  private final List<String> flags;
  private final @Nullable ServerTls tls;
  private final @Nullable TestAuthority peers;

  EtcdMembers(String program, List<String> flags, @Nullable ServerTls tls) {
    this.program = program;
    this.flags = List.copyOf(flags);
    this.tls = tls;
    this.peers =
        tls == null || tls.clientAuthority() == null ? null : TestAuthority.create("members");
  }

  /** Not started yet. */
  EtcdChild child(int number, int port, int peerPort) {
    EtcdChild child = EtcdChild.create("member-" + number, port, peerPort, flags, tls, peers);
    child.program(program);
    return child;
  }

  /** A client of one member. */
  EtcdClient client(EtcdChild child) {
    return new EtcdClient(child.endpoint(), tls);
  }
}
