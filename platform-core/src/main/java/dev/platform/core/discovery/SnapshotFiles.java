package dev.platform.core.discovery;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.protobuf.ByteString;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Json;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
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
import java.util.Map;
import java.util.Optional;

/**
 * The last known lists as files, one per service, readable by their owner only. Written by an
 * atomic move, so that a reader never sees a partial file; several processes may share the
 * directory. Blocks.
 */
final class SnapshotFiles {

  private final Path folder;
  private final InstanceCodec codec;
  private final Duration maxAge;
  private final Clock clock;

  /**
   * @param folder a directory for this etcd's snapshots only
   */
  SnapshotFiles(Path folder, InstanceCodec codec, Duration maxAge, Clock clock) {
    this.folder = folder;
    this.codec = codec;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /** Saves a list; the file is deleted when it has no instances. */
  void write(InstanceList list) throws IOException {
    Path file = file(list.serviceId());
    if (list.instances().isEmpty()) {
      Files.deleteIfExists(file);
      return;
    }
    JsonObject values = new JsonObject();
    list.instances().forEach(each -> values.addProperty(codec.key(each), codec.value(each)));
    JsonObject snapshot = new JsonObject();
    snapshot.addProperty("savedAt", list.updatedAt().toString());
    snapshot.addProperty("revision", list.revision());
    snapshot.add("instances", values);
    Files.createDirectories(folder, ownerOnly("rwx------"));
    Path fresh = Files.createTempFile(folder, list.serviceId(), ".tmp", ownerOnly("rw-------"));
    Files.writeString(fresh, Json.write(snapshot));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The list that was saved last; empty if there is none or it is too old. */
  Optional<InstanceList> read(String serviceId) throws IOException {
    try {
      JsonObject snapshot = Json.readObject(Files.readString(file(serviceId)));
      Instant savedAt = Instant.parse(Json.text(snapshot.get("savedAt")));
      if (Duration.between(savedAt, clock.instant()).compareTo(maxAge) > 0) {
        return Optional.empty();
      }
      List<Instance> instances = new ArrayList<>();
      for (Map.Entry<String, JsonElement> each : instances(snapshot).entrySet()) {
        ByteString value = ByteString.copyFromUtf8(Json.text(each.getValue()));
        codec.read(serviceId, each.getKey(), value).ifPresent(instances::add);
      }
      return Optional.of(
          new InstanceList(serviceId, Origin.SNAPSHOT, instances, 0, revision(snapshot), savedAt));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonParseException | DateTimeException | MalformedInputException e) {
      throw new IOException(file(serviceId) + " is not a valid snapshot: " + e.getMessage(), e);
    }
  }

  private static JsonObject instances(JsonObject snapshot) {
    return snapshot.get("instances") instanceof JsonObject known ? known : new JsonObject();
  }

  private static long revision(JsonObject snapshot) {
    try {
      return Long.parseLong(Json.text(snapshot.get("revision")));
    } catch (NumberFormatException e) {
      return 0;
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
