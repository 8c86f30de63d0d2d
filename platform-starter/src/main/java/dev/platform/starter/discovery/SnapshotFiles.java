package dev.platform.starter.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.platform.starter.discovery.InstanceList.Origin;
import dev.platform.starter.instance.EtcdServiceInstance;
import dev.platform.starter.instance.InstanceCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Last good lists as files, one for each service, readable by their owner alone. Written by move,
 * so that a reader never sees half of one; several processes may share the folder. Blocks.
 */
final class SnapshotFiles {

  private final Path folder;
  private final InstanceCodec codec;
  private final Duration maxAge;
  private final Clock clock;
  private final JsonMapper json = JsonMapper.builder().build();

  /**
   * @param folder of this etcd's snapshots alone: lists of another etcd would be wrong here
   */
  SnapshotFiles(Path folder, InstanceCodec codec, Duration maxAge, Clock clock) {
    this.folder = folder;
    this.codec = codec;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /** Keeps a list; one without instances is forgotten instead. */
  void write(InstanceList list) throws IOException {
    Path file = file(list.serviceId());
    if (list.instances().isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    ObjectNode snapshot = json.createObjectNode();
    snapshot.put("savedAt", list.updatedAt().toString());
    snapshot.put("revision", list.revision());
    ObjectNode values = snapshot.putObject("instances");
    list.instances().forEach(each -> values.put(codec.key(each), codec.value(each)));
    Files.createDirectories(folder, ownerOnly("rwx------"));
    Path fresh = Files.createTempFile(folder, list.serviceId(), ".tmp", ownerOnly("rw-------"));
    Files.write(fresh, json.writeValueAsBytes(snapshot));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The list that was kept last, unless it is too old, or is no snapshot. */
  Optional<InstanceList> read(String serviceId) throws IOException {
    try {
      JsonNode snapshot = json.readTree(Files.readAllBytes(file(serviceId)));
      Instant savedAt = Instant.parse(snapshot.path("savedAt").asText());
      if (Duration.between(savedAt, clock.instant()).compareTo(maxAge) > 0) {
        return Optional.empty();
      }
      List<EtcdServiceInstance> instances = new ArrayList<>();
      snapshot
          .path("instances")
          .properties()
          .forEach(
              entry ->
                  codec
                      .read(
                          serviceId,
                          entry.getKey(),
                          ByteString.copyFromUtf8(entry.getValue().asText()))
                      .ifPresent(instances::add));
      return Optional.of(
          new InstanceList(
              serviceId,
              Origin.SNAPSHOT,
              instances,
              0,
              snapshot.path("revision").asLong(),
              savedAt));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException | DateTimeException e) {
      throw new IOException(file(serviceId) + " is no snapshot: " + e.getMessage(), e);
    }
  }

  private Path file(String serviceId) {
    return folder.resolve(serviceId + ".json");
  }

  private FileAttribute<?>[] ownerOnly(String permissions) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
