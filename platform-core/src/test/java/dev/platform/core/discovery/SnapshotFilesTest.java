package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
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

  @Test
  void refusesADirectoryThatOthersMayChange() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("snapshots"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(folder.resolve("a.json"), "{}");
    assertRefused("is open to others: rwxrwxrwx");
  }

  @Test
  void refusesADirectoryOfAnotherUser() throws IOException {
    Path folder = foreign(Files.createDirectory(temp.resolve("snapshots")));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    assertRefused("belongs to");
  }

  @Test
  void refusesAFileOfAnotherUser() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    foreign(temp.resolve("snapshots/a.json"));
    assertThatThrownBy(() -> files(SAVED).read("a")).hasMessageContaining("belongs to");
  }

  @Test
  void refusesSymbolicLinks() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    Path folder = temp.resolve("snapshots");
    Files.move(folder.resolve("a.json"), temp.resolve("elsewhere.json"));
    Files.createSymbolicLink(folder.resolve("a.json"), temp.resolve("elsewhere.json"));
    assertThatThrownBy(() -> files(SAVED).read("a")).hasMessageContaining("symbolic link");
    Files.delete(folder.resolve("a.json"));
    Files.move(folder, temp.resolve("elsewhere"));
    Files.createSymbolicLink(folder, temp.resolve("elsewhere"));
    assertRefused("symbolic link");
  }

  @Test
  void checksTheSharedDefaultDirectoryToo() throws IOException {
    Path parent = Files.createDirectory(temp.resolve("default"));
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
    SnapshotFiles files = files(parent.resolve("etcd"), new PrivateDirectory(parent), SAVED);
    assertThatThrownBy(() -> files.write(list(List.of(instance(1)))))
        .hasMessageContaining("is open to others: rwxr-xr-x");
    assertThatThrownBy(() -> files.read("a")).hasMessageContaining("is open to others");
  }

  @Test
  void replacesALinkInsteadOfWritingThroughIt() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    Path victim = Files.writeString(temp.resolve("victim"), "untouched");
    Path file = temp.resolve("snapshots/a.json");
    Files.delete(file);
    Files.createSymbolicLink(file, victim);
    files(SAVED).write(list(List.of(instance(2))));
    assertThat(victim).hasContent("untouched");
    assertThat(files(SAVED).read("a").orElseThrow().instances()).containsExactly(instance(2));
  }

  @Test
  void neitherReadsNorWritesOutsideOfItsDirectory() throws IOException {
    Path outside = Files.writeString(temp.resolve("outside.json"), "untouched");
    assertThat(files(SAVED).read("../outside")).isEmpty();
    files(SAVED)
        .write(new InstanceList("../outside", Origin.WATCH, List.of(instance(1)), 0, 7, SAVED));
    files(SAVED).write(new InstanceList("../outside", Origin.WATCH, List.of(), 0, 7, SAVED));
    assertThat(outside).hasContent("untouched");
  }

  @Test
  void doesNotReturnSnapshotsFromTheFuture() throws IOException {
    files(SAVED).write(list(List.of(instance(1))));
    assertThat(files(SAVED.minus(Duration.ofHours(2))).read("a")).isEmpty();
  }

  @Test
  void areInTheStateDirectoryOfTheUserWhereThereIsOne() {
    var snapshot = new DiscoverySettings.Snapshot(true, null, Duration.ofDays(1));
    assertThat(snapshot.directoryOrDefault(Map.of("XDG_STATE_HOME", "/home/a/.local/state")))
        .isEqualTo(Path.of("/home/a/.local/state/platform-discovery"));
    assertThat(snapshot.directoryOrDefault(Map.of("XDG_STATE_HOME", "relative")))
        .isEqualTo(snapshot.directoryOrDefault(Map.of()))
        .isEqualTo(
            Path.of(
                System.getProperty("java.io.tmpdir"),
                "platform-discovery-" + System.getProperty("user.name")));
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> files(SAVED).read("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
    assertThatThrownBy(() -> files(SAVED).write(list(List.of(instance(1)))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  /** Only root can give a file away. */
  private static Path foreign(Path path) throws IOException {
    try {
      return Files.setOwner(
          path,
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    } catch (FileSystemException | UserPrincipalNotFoundException e) {
      return Assumptions.abort("this user can't give files away: " + e);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private SnapshotFiles files(Instant now) {
    return files(temp.resolve("snapshots"), null, now);
  }

  private static SnapshotFiles files(Path folder, PrivateDirectory parent, Instant now) {
    return new SnapshotFiles(
        folder,
        parent,
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
