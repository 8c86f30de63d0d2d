package dev.platform.benchmarks;

import dev.platform.starter.test.etcd.EtcdServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An empty registry of the kind that a peer's users have, in a process of its own.
 *
 * @param address {@code host:port}; empty where clients have a list of addresses
 * @param stop ends it
 */
record PeerRegistry(Optional<String> address, Runnable stop) implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  static PeerRegistry start(PeerVariant.Registry kind) throws IOException, InterruptedException {
    return switch (kind) {
      case ADDRESSES -> new PeerRegistry(Optional.empty(), () -> {});
      case ETCD -> etcd();
      case ZOOKEEPER -> zooKeeper();
    };
  }

  private static PeerRegistry etcd() {
    EtcdServer etcd = Servers.REAL.start();
    return new PeerRegistry(Optional.of("127.0.0.1:" + etcd.port()), etcd::close);
  }

  private static PeerRegistry zooKeeper() throws IOException, InterruptedException {
    PeerJvm process =
        PeerJvm.start(
            "zookeeper", "0,1", List.of("-Xmx128m", "-XX:+UseSerialGC"), PeerVariant.zooKeeper());
    return new PeerRegistry(
        Optional.of("127.0.0.1:" + process.awaitPort(START_LIMIT)), process::close);
  }

  @Override
  public void close() {
    stop.run();
  }
}
