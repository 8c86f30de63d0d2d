package dev.platform.starter.test.etcd;

import io.etcd.jetcd.api.ResponseHeader;

/**
 * The member that answers. As with a statically configured etcd, the ids come from the address, so
 * a server that was wiped comes back under the same ones.
 */
record Member(String host, int port, boolean secure, long raftTerm) {

  /** The version that the conformance suite was compared with. */
  static final String VERSION = "3.4.23";

  long id() {
    return spread(host.hashCode() * 31L + port);
  }

  long clusterId() {
    return spread(id());
  }

  String clientUrl() {
    return (secure ? "https://" : "http://")
        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
        + ":"
        + port;
  }

  ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(clusterId())
        .setMemberId(id())
        .setRaftTerm(raftTerm)
        .setRevision(revision)
        .build();
  }

  /** SplitMix64's finalizer; never 0 in practice, positive for clients that print it. */
  private static long spread(long seed) {
    long z = seed + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return (z ^ (z >>> 31)) & Long.MAX_VALUE;
  }
}
