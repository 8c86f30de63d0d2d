package dev.platform.mall;

import dev.platform.starter.test.etcd.EtcdCluster;
import dev.platform.starter.test.etcd.EtcdServer;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The registry of a mall's apps: one etcd, or a cluster. */
sealed interface Registry extends AutoCloseable {

  /** As an app's configuration names them. */
  String endpoints();

  /** Starts stopped members with their data, and resumes frozen ones. */
  void start();

  /** The keys that start with a prefix. */
  List<String> keys(String prefix);

  @Override
  void close();

  /** A single etcd. */
  record Single(EtcdServer server) implements Registry {

    @Override
    public String endpoints() {
      return server.endpoint().toString();
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public List<String> keys(String prefix) {
      return server.keys(prefix);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** A cluster of etcds. */
  record Members(EtcdCluster cluster) implements Registry {

    @Override
    public String endpoints() {
      return cluster.endpoints().stream().map(URI::toString).collect(Collectors.joining(","));
    }

    @Override
    public void start() {
      int[] all = IntStream.range(0, cluster.size()).toArray();
      cluster.thaw(all);
      cluster.restart(IntStream.of(all).filter(member -> !cluster.isRunning(member)).toArray());
    }

    @Override
    public List<String> keys(String prefix) {
      return cluster.keys(prefix);
    }

    @Override
    public void close() {
      cluster.close();
    }
  }
}
