package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFilesTest {

  private static final Instant SAVED = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path temp;

  @Test
  void returnsStoredInstances() throws IOException {
    files(SAVED).write(list(List.of(instance(1), instance(2))));
    InstanceList read = files(SAVED.plusSeconds(60)).read("a").orElseThrow();
    assertThat(read.instances()).containsExactly(instance(1), instance(2));
    assertThat(read.revision()).isEqualTo(7);
    assertThat(read.updatedAt()).isEqualTo(SAVED);
    assertThat(read.origin()).isEqualTo(Origin.SNAPSHOT);
  }

  @Test
  void hasNothingForAServiceThatWasNeverStored() throws IOException {
    assertThat(files(SAVED).read("b")).isEmpty();
  }

  @Test
  void doesNotReturnSnapshotsThatAreTooOld() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    assertThat(files(SAVED.plus(Duration.ofHours(2))).read("a")).isEmpty();
  }

  @Test
  void forgetsAServiceWhoseInstancesHaveLeft() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    files(SAVED).write(list(List.of()));
    assertThat(files(SAVED).read("a")).isEmpty();
  }

  @Test
  void namesAnInvalidSnapshotFile() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    Path file = temp.resolve("snapshots/a.json");
    Files.writeString(file, "{\"savedAt\":");
    assertThatThrownBy(() -> files(SAVED).read("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + " is not a valid snapshot");
  }

  @Test
  void areReadableByTheOwnerOnly() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    Path folder = temp.resolve("snapshots");
    assertThat(permissions(folder)).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("a.json"))).isEqualTo("rw-------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private SnapshotFiles files(Instant now) {
    return new SnapshotFiles(
        temp.resolve("snapshots"),
        new InstanceCodec("", ValueFormat.GRPC),
        Duration.ofHours(1),
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private static InstanceList list(List<Instance> instances) {
    return new InstanceList("a", Origin.WATCH, instances, 0, 7, SAVED);
  }

  private static Instance instance(int port) {
    return new Instance("a", new HostAndPort("127.0.0.1", port), Map.of("zone", "z1"));
  }
}
