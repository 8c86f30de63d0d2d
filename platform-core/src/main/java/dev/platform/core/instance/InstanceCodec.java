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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes instances as etcd keys and values, and decodes them: {@code
 * <namespace>/services/<service>/<host>:<port>}. Reads both {@linkplain ValueFormat formats}.
 * Thread-safe.
 */
public final class InstanceCodec {

  private static final Logger log = LoggerFactory.getLogger(InstanceCodec.class);
  private static final String SERVICES = "/services/";
  private static final Pattern NAMESPACE = Pattern.compile("|/?[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  private static final int MAX_WARNED = 1000;

  private final String root;
  private final ValueFormat format;
  private final Map<String, String> warned = new LinkedHashMap<>();

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
    int slash = key.indexOf('/', root.length());
    return slash <= root.length()
        ? Optional.empty()
        : Optional.of(key.substring(root.length(), slash));
  }

  /** An instance's value. */
  public String value(Instance instance) {
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
   * The instance of a key and its value; empty when the value can't be read, which is logged once
   * for each such value.
   */
  public Optional<Instance> read(String serviceId, String key, ByteString value) {
    String text = value.toStringUtf8();
    try {
      Instance instance =
          text.startsWith("{")
              ? readUpdate(serviceId, text)
              : new Instance(serviceId, HostAndPort.parse(text.trim()), Map.of());
      forgetWarning(key);
      return Optional.of(instance);
    } catch (JsonParseException | IllegalArgumentException e) {
      warnOnce(key, text, e);
      return Optional.empty();
    }
  }

  private static Instance readUpdate(String serviceId, String text) {
    JsonObject update = Json.readObject(text);
    HostAndPort address = HostAndPort.parse(Json.text(update.get("Addr")));
    Map<String, String> metadata = new LinkedHashMap<>();
    if (update.get("Metadata") instanceof JsonObject members) {
      for (Map.Entry<String, JsonElement> member : members.entrySet()) {
        metadata.put(member.getKey(), Json.text(member.getValue()));
      }
    }
    return new Instance(serviceId, address, metadata);
  }

  private synchronized void forgetWarning(String key) {
    warned.remove(key);
  }

  private synchronized void warnOnce(String key, String text, Exception e) {
    if (warned.size() < MAX_WARNED && !text.equals(warned.put(key, text))) {
      log.warn("The value of {} is not a valid instance and is ignored: {}", key, e.getMessage());
    }
  }
}
