package dev.platform.core.registry;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.discovery.InstanceList;
import dev.platform.core.discovery.TestDirectories;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.MovedTime;
import dev.platform.core.instance.Instance;
import dev.platform.starter.test.etcd.EtcdServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The watching client of the soak test. It tracks instances that it has seen and that have not
 * left: while there is one, its list must not be empty. Thread-safe.
 */
final class SoakClient {

  private final EtcdConnection connection;
  private final InstanceDirectory directory;
  // guarded by this
  private final Set<String> expected = new HashSet<>();
  private final Set<String> seen = new HashSet<>();
  private @Nullable String violation;

  SoakClient(EtcdServer etcd, MovedTime time, Duration hold, Path snapshots) {
    connection = time.open(etcd);
    directory = TestDirectories.open(connection, hold, snapshots);
    directory.subscribe(SoakInstance.SERVICE, this::receive);
  }

  /** Once seen, this instance must stay in the list from now on. */
  synchronized void expect(SoakInstance instance) {
    expected.add(instance.id());
  }

  /** The instance is about to leave or crash. */
  synchronized void expectRemoval(SoakInstance instance) {
    expected.remove(instance.id());
    seen.remove(instance.id());
  }

  private synchronized void receive(InstanceList list) {
    if (list.instances().isEmpty() && !seen.isEmpty() && violation == null) {
      violation = "the list went empty (%s) though %s had not left".formatted(list, seen);
    }
    list.instances().stream().map(Instance::id).filter(expected::contains).forEach(seen::add);
  }

  /** The first violation; null if there is none. */
  synchronized @Nullable String violation() {
    return violation;
  }

  List<String> ids() {
    return directory.latest(SoakInstance.SERVICE).instances().stream()
        .map(Instance::id)
        .sorted()
        .toList();
  }

  InstanceList list() {
    return directory.latest(SoakInstance.SERVICE);
  }

  boolean isFollowing() {
    return directory.isFollowing(SoakInstance.SERVICE);
  }

  void close() {
    directory.close();
    connection.close();
  }
}
