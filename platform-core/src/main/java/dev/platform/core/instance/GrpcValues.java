package dev.platform.core.instance;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The JSON of etcd's own gRPC naming, {@link ValueFormat#GRPC}. Stateless. */
final class GrpcValues {

  private GrpcValues() {}

  static String write(Instance instance) {
    JsonObject metadata = new JsonObject();
    new TreeMap<>(instance.metadata()).forEach(metadata::addProperty);
    JsonObject update = new JsonObject();
    update.addProperty("Op", 0);
    update.addProperty("Addr", instance.address().toString());
    update.add("Metadata", metadata);
    return Json.write(update);
  }

  static Map<String, String> metadata(JsonObject update) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (update.get("Metadata") instanceof JsonObject members) {
      members.entrySet().forEach(each -> metadata.put(each.getKey(), Json.text(each.getValue())));
    }
    return metadata;
  }

  static String address(JsonObject update) {
    return Json.text(update.get("Addr"));
  }
}
