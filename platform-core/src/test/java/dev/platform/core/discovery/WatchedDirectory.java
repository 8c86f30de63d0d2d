package dev.platform.core.discovery;

import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.TestConnections;
import dev.platform.starter.test.etcd.EtcdServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory that watches one service, and changes to that service. */
abstract class WatchedDirectory {

  static final String PREFIX = "/services/a/";
  static final Duration HOLD = Duration.ofSeconds(3);

  EtcdConnection connection;
  InstanceDirectory directory;

  abstract EtcdServer etcd();

  @TempDir Path folder;

  @BeforeEach
  void open() {
    connection = TestConnections.open(etcd());
    directory = newDirectory();
  }

  InstanceDirectory newDirectory() {
    return TestDirectories.open(connection, HOLD, folder);
  }

  @AfterEach
  void close() {
    directory.close();
    connection.close();
  }

  void add(int port) {
    etcd().put(PREFIX + "127.0.0.1:" + port, "127.0.0.1:" + port);
  }

  void awaitPorts(Integer... expected) {
    await().atMost(Duration.ofSeconds(8)).until(() -> sortedPorts().equals(List.of(expected)));
  }

  List<Integer> sortedPorts() {
    return ports().stream().sorted().toList();
  }

  List<Integer> ports() {
    return directory.latest("a").instances().stream().map(i -> i.address().port()).toList();
  }

  /** Breaks the watch and blocks the directory until all changes are made. */
  void whileDisconnected(Runnable changes) {
    CountDownLatch over = new CountDownLatch(1);
    connection.execute(() -> Uninterruptibles.awaitUninterruptibly(over));
    try {
      etcd().stop();
      etcd().start();
      changes.run();
    } finally {
      over.countDown();
    }
  }
}
