package dev.platform.core.discovery;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.protobuf.ByteString;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Json;
import dev.platform.core.instance.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last known lists as files in a {@linkplain PrivateDirectory private directory}, one per
 * service. Written by an atomic move, so that a reader never sees a partial file; several processes
 * may share the directory. What is read is bounded, and never trusted to be what was written.
 * Blocks.
 */
final class SnapshotFiles {

  private static final Logger log = LoggerFactory.getLogger(SnapshotFiles.class);
  private static final int MAX_BYTES = 32 << 20;

  /** Names that are file names everywhere; there are no snapshots of other services. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

  private final Path folder;
  private final @Nullable PrivateDirectory parent;
  private final PrivateDirectory files;
  private final InstanceCodec codec;
  private final Duration maxAge;
  private final Clock clock;

  /**
   * @param folder a directory for this etcd's snapshots only
   * @param parent the one that it is in, if that must be private, too
   */
  SnapshotFiles(
      Path folder,
      @Nullable PrivateDirectory parent,
      InstanceCodec codec,
      Duration maxAge,
      Clock clock) {
    this.folder = folder;
    this.parent = parent;
    this.files = new PrivateDirectory(folder);
    this.codec = codec;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /** Saves a list; the file is deleted when it has no instances. */
  void write(InstanceList list) throws IOException {
    if (!NAME.matcher(list.serviceId()).matches()) {
      return;
    }
    String name = file(list.serviceId());
    if (list.instances().isEmpty()) {
      files.delete(name);
      return;
    }
    JsonObject values = new JsonObject();
    list.instances().forEach(each -> values.addProperty(codec.key(each), codec.value(each)));
    JsonObject snapshot = new JsonObject();
    snapshot.addProperty("savedAt", list.updatedAt().toString());
    snapshot.addProperty("revision", list.revision());
    snapshot.add("instances", values);
    if (parent != null) {
      parent.require();
    }
    files.write(name, Json.write(snapshot));
  }

  /** The list that was saved last; empty if there is none or it is too old. */
  Optional<InstanceList> read(String serviceId) throws IOException {
    if (!NAME.matcher(serviceId).matches() || (parent != null && !parent.isPresent())) {
      return Optional.empty();
    }
    Optional<String> text = files.read(file(serviceId), MAX_BYTES);
    return text.isEmpty() ? Optional.empty() : parse(serviceId, text.get());
  }

  Optional<InstanceList> parse(String serviceId, String text) throws IOException {
    try {
      return parse(serviceId, Json.readObject(text));
    } catch (JsonParseException | DateTimeException | ArithmeticException e) {
      throw new IOException(
          "%s is not a valid snapshot: %s"
              .formatted(folder.resolve(file(serviceId)), Printable.of(e.getMessage())),
          e);
    }
  }

  private Optional<InstanceList> parse(String serviceId, JsonObject snapshot) {
    Instant savedAt = Instant.parse(Json.text(snapshot.get("savedAt")));
    // One from the future was saved by a clock that was wrong.
    if (Duration.between(savedAt, clock.instant()).abs().compareTo(maxAge) > 0) {
      return Optional.empty();
    }
    List<Instance> instances = instances(serviceId, snapshot);
    return Optional.of(
        new InstanceList(serviceId, Origin.SNAPSHOT, instances, 0, revision(snapshot), savedAt));
  }

  private List<Instance> instances(String serviceId, JsonObject snapshot) {
    List<Instance> instances = new ArrayList<>();
    int skipped = 0;
    String last = "";
    for (Map.Entry<String, JsonElement> each : values(snapshot).entrySet()) {
      try {
        if (instances.size() >= ListedValues.MAX_INSTANCES) {
          throw new IllegalArgumentException("too many instances");
        }
        String value = Json.text(each.getValue());
        instances.add(codec.read(serviceId, ByteString.copyFromUtf8(value)));
      } catch (IllegalArgumentException e) {
        skipped++;
        last = String.valueOf(e.getMessage());
      }
    }
    if (skipped > 0) {
      log.warn("{}: {} instances of its snapshot are skipped: {}", serviceId, skipped, last);
    }
    return instances;
  }

  private static JsonObject values(JsonObject snapshot) {
    return snapshot.get("instances") instanceof JsonObject known ? known : new JsonObject();
  }

  private static long revision(JsonObject snapshot) {
    try {
      return Math.max(0, Long.parseLong(Json.text(snapshot.get("revision"))));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String file(String serviceId) {
    return serviceId + ".json";
  }
}
