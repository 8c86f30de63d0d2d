package dev.platform.core.instance;

import static dev.platform.core.InvalidPropertyException.check;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.protobuf.ByteString;
import dev.platform.core.InvalidPropertyException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Encodes instances as etcd keys and values, and decodes them: {@code
 * <namespace>/services/<service>/<host>:<port>}. Reads both {@linkplain ValueFormat formats}.
 * Thread-safe.
 */
public final class InstanceCodec {

  private static final String SERVICES = "/services/";
  private static final Pattern NAMESPACE = Pattern.compile("|/?[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");

  /** What a registry's value may have, written and read. */
  private static final int MAX_VALUE_BYTES = 64 << 10;

  private static final Pattern SERVICE =
      Pattern.compile("[^/\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]{1,255}");

  private final String root;
  private final ValueFormat format;

  /**
   * @param namespace the prefix of every key, such as {@code /staging}; may be empty
   * @param format the format of values
   * @throws InvalidPropertyException for an invalid namespace
   */
  public InstanceCodec(String namespace, ValueFormat format) {
    checkNamespace(namespace);
    boolean relative = !namespace.isEmpty() && !namespace.startsWith("/");
    this.root = (relative ? "/" : "") + namespace + SERVICES;
    this.format = format;
  }

  /**
   * @throws InvalidPropertyException for an invalid namespace
   */
  public static void checkNamespace(String namespace) {
    check(
        NAMESPACE.matcher(namespace).matches(),
        "platform.etcd.namespace",
        namespace,
        "a path such as /staging, without a slash at its end");
  }

  /**
   * Whether a service can have this name: 1 to 255 characters, without a slash and without what is
   * not visible.
   */
  public static boolean isServiceName(String name) {
    return SERVICE.matcher(name).matches() && !name.isBlank();
  }

  /** The prefix of all keys of all services. */
  public String root() {
    return root;
  }

  /** The prefix of all keys of one service. */
  public String prefix(String serviceId) {
    return root + serviceId + "/";
  }

  /** An instance's key. */
  public String key(Instance instance) {
    return prefix(instance.serviceId()) + instance.address();
  }

  /** The service that a key below {@link #root} belongs to; empty for a key of another shape. */
  public Optional<String> serviceOf(String key) {
    int slash = key.startsWith(root) ? key.indexOf('/', root.length()) : -1;
    return slash < 0
        ? Optional.empty()
        : Optional.of(key.substring(root.length(), slash)).filter(InstanceCodec::isServiceName);
  }

  /**
   * An instance's value.
   *
   * @throws IllegalArgumentException if its metadata is larger than others read: 64 KiB in all
   */
  public String value(Instance instance) {
    String value = write(instance);
    int bytes = ByteString.copyFromUtf8(value).size();
    if (bytes > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "The value of %s has %d bytes (expected: at most %d; less metadata)"
              .formatted(instance.serviceId(), bytes, MAX_VALUE_BYTES));
    }
    return value;
  }

  private String write(Instance instance) {
    if (format == ValueFormat.ADDRESS) {
      return instance.address().toString();
    }
    JsonObject metadata = new JsonObject();
    new TreeMap<>(instance.metadata()).forEach(metadata::addProperty);
    JsonObject update = new JsonObject();
    update.addProperty("Op", 0);
    update.addProperty("Addr", instance.address().toString());
    update.add("Metadata", metadata);
    return Json.write(update);
  }

  /**
   * The value that marks an instance as out of service for watchers of its key; null where the
   * format has none.
   */
  public @Nullable String leavingValue(Instance instance) {
    return format == ValueFormat.ADDRESS ? null : value(instance.outOfService());
  }

  /**
   * The instance of a value that someone has put. Never more than 64 KiB are read, and the bounds
   * of {@link InstanceReader} hold.
   *
   * @throws IllegalArgumentException for a value that can't be read, with a message for a log line
   */
  public Instance read(String serviceId, ByteString value) {
    if (value.size() > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes (expected: at most %d)".formatted(value.size(), MAX_VALUE_BYTES));
    }
    String text = value.toStringUtf8();
    return text.startsWith("{")
        ? readUpdate(serviceId, text)
        : instance(serviceId, text.trim(), Map.of());
  }

  private static Instance readUpdate(String serviceId, String text) {
    JsonObject update;
    try {
      update = Json.readObject(text);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(
          "%s is not JSON: %s".formatted(Printable.of(text), Printable.of(e.getMessage())), e);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    if (update.get("Metadata") instanceof JsonObject members) {
      for (Map.Entry<String, JsonElement> member : members.entrySet()) {
        metadata.put(member.getKey(), Json.text(member.getValue()));
      }
    }
    return instance(serviceId, Json.text(update.get("Addr")), metadata);
  }

  private static Instance instance(String serviceId, String address, Map<String, String> metadata) {
    HostAndPort parsed;
    try {
      parsed = HostAndPort.parse(address);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "address: %s (expected: host:port or [address]:port)".formatted(Printable.of(address)),
          e);
    }
    return InstanceReader.read(serviceId, parsed.host(), parsed.port(), metadata);
  }
}
