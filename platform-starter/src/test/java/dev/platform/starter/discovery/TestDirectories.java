package dev.platform.starter.discovery;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.discovery.SnapshotFiles;
import dev.platform.core.discovery.Snapshots;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import dev.platform.spring.discovery.DiscoveryProperties;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Directories outside of an application. */
public final class TestDirectories {

  private static final Duration MAX_AGE = Duration.ofHours(1);

  private TestDirectories() {}

  /**
   * @param hold how long instances are held
   * @param snapshots where lists are kept
   */
  public static InstanceDirectory open(EtcdConnection connection, Duration hold, Path snapshots) {
    InstanceCodec codec = new InstanceCodec("", ValueFormat.GRPC);
    return new InstanceDirectory(
        connection,
        codec,
        new DiscoveryProperties(
            true,
            Duration.ofSeconds(2),
            new DiscoveryProperties.Hold(hold, 0.5, 3, Duration.ofSeconds(10)),
            new DiscoveryProperties.Snapshot(true, snapshots, MAX_AGE),
            Duration.ofSeconds(10)),
        Clock.systemUTC(),
        RandomGenerator.getDefault(),
        Snapshots.in(new SnapshotFiles(snapshots, codec, MAX_AGE, Clock.systemUTC())));
  }
}
