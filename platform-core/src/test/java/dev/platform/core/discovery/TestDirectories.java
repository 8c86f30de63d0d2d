package dev.platform.core.discovery;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import java.nio.file.Path;
import java.time.Duration;

/** Creates directories without an application. */
public final class TestDirectories {

  private static final Duration MAX_AGE = Duration.ofHours(1);

  private TestDirectories() {}

  /**
   * @param hold how long instances are held
   * @param snapshots the directory of saved lists
   */
  public static InstanceDirectory open(EtcdConnection connection, Duration hold, Path snapshots) {
    InstanceCodec codec = new InstanceCodec("", ValueFormat.GRPC);
    return InstanceDirectory.builder(connection, codec).settings(settings(hold, snapshots)).build();
  }

  static DiscoverySettings settings(Duration hold, Path snapshots) {
    return new DiscoverySettings(
        Duration.ofSeconds(2),
        new DiscoverySettings.Hold(hold, 0.5, 3, Duration.ofSeconds(10)),
        new DiscoverySettings.Snapshot(true, snapshots, MAX_AGE));
  }
}
