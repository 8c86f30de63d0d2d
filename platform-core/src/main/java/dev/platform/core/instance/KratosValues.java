package dev.platform.core.instance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Kratos's service instances: {@code {"id":…,"name":…,"version":…,"metadata":{…},"endpoints":
 * ["grpc://10.0.1.5:9000"]}}. Stateless.
 */
final class KratosValues {

  private static final String PLAINTEXT = "grpc://";
  private static final String TLS = "grpcs://";
  private static final int MAX_ENDPOINTS = 16;

  private KratosValues() {}

  /** The value of an instance, with the HTTP endpoint that its metadata names, if any. */
  static String write(Instance instance) {
    JsonArray endpoints = new JsonArray();
    boolean tls = instance.metadata().containsKey(InstanceMetadata.TLS);
    endpoints.add((tls ? TLS : PLAINTEXT) + instance.address());
    String http = instance.metadata().get(InstanceMetadata.HTTP_PORT);
    if (http != null) {
      int port = InstanceReader.port(InstanceMetadata.HTTP_PORT, http);
      endpoints.add("http://" + new HostAndPort(instance.address().host(), port));
    }
    JsonObject metadata = new JsonObject();
    new TreeMap<>(instance.metadata()).forEach(metadata::addProperty);
    String version = instance.version();
    JsonObject value = new JsonObject();
    value.addProperty("id", instance.id());
    value.addProperty("name", instance.serviceId());
    value.addProperty("version", version == null ? "" : version);
    value.add("metadata", metadata);
    value.add("endpoints", endpoints);
    return Json.write(value);
  }

  /** The metadata of a value; its id and version are in it. */
  static Map<String, String> metadata(JsonObject value) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (value.get("metadata") instanceof JsonObject members) {
      members.entrySet().forEach(each -> metadata.put(each.getKey(), Json.text(each.getValue())));
    }
    put(metadata, InstanceMetadata.INSTANCE_ID, value.get("id"));
    put(metadata, InstanceMetadata.VERSION, value.get("version"));
    return metadata;
  }

  private static void put(Map<String, String> metadata, String key, @Nullable JsonElement value) {
    if (value instanceof JsonPrimitive text && !text.getAsString().isBlank()) {
      metadata.putIfAbsent(key, text.getAsString());
    }
  }

  /**
   * The address of the gRPC endpoint; one in plaintext is preferred, as the platform's own TLS has
   * metadata of its own.
   *
   * @throws IllegalArgumentException if there is none, with a message for a log line
   */
  static String address(JsonObject value) {
    String address = address(value, PLAINTEXT);
    if (address == null) {
      address = address(value, TLS);
    }
    if (address == null) {
      throw new IllegalArgumentException(
          "endpoints: %s (expected: one that begins with grpc://, among the first %d)"
              .formatted(Printable.of(Json.text(value.get("endpoints"))), MAX_ENDPOINTS));
    }
    return address;
  }

  private static @Nullable String address(JsonObject value, String scheme) {
    if (!(value.get("endpoints") instanceof JsonArray endpoints)) {
      return null;
    }
    for (int i = 0; i < Math.min(endpoints.size(), MAX_ENDPOINTS); i++) {
      if (endpoints.get(i) instanceof JsonPrimitive text && text.getAsString().startsWith(scheme)) {
        return text.getAsString().substring(scheme.length()).split("[/?#]", 2)[0];
      }
    }
    return null;
  }
}
