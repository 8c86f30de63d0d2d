package dev.platform.helm;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One object, as maps and lists. */
record Manifest(Map<String, Object> content) {

  private static final Gson JSON = new Gson();

  String kind() {
    return text("kind");
  }

  String apiVersion() {
    return text("apiVersion");
  }

  String name() {
    return text("metadata", "name");
  }

  /** The name in the chart's single namespace. */
  String namespacedName() {
    return name();
  }

  JsonElement json() {
    return JSON.toJsonTree(content);
  }

  /** The labels of the object itself. */
  Map<String, Object> labels() {
    return map(at("metadata", "labels"));
  }

  /** The pod spec of a workload's template, or of a pod. */
  Optional<Map<String, Object>> podSpec() {
    return pod().map(pod -> map(pod.get("spec")));
  }

  /** The pod that a workload's controller would create, or the pod itself. */
  Manifest asPod() {
    Map<String, Object> metadata = new TreeMap<>(podMetadata());
    metadata.put("name", name() + "-0");
    Map<String, Object> spec = new TreeMap<>(podSpec().orElseThrow());
    List<Object> volumes = new ArrayList<>(maps(spec.get("volumes")));
    for (Map<String, Object> claim : maps(at("spec", "volumeClaimTemplates"))) {
      Object name = at(claim, "metadata", "name");
      String claimName = name + "-" + name() + "-0";
      volumes.add(Map.of("name", name, "persistentVolumeClaim", Map.of("claimName", claimName)));
    }
    spec.put("volumes", volumes);
    return new Manifest(
        Map.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec", spec));
  }

  Map<String, Object> podMetadata() {
    return map(pod().orElseThrow().get("metadata"));
  }

  Map<String, Object> podLabels() {
    return map(podMetadata().get("labels"));
  }

  List<Map<String, Object>> containers() {
    return maps(podSpec().orElseThrow().get("containers"));
  }

  Map<String, Object> container() {
    return containers().get(0);
  }

  private Optional<Map<String, Object>> pod() {
    return switch (kind()) {
      case "Pod" -> Optional.of(content);
      case "Deployment", "StatefulSet", "Job" -> Optional.of(map(at("spec", "template")));
      case "CronJob" -> Optional.of(map(at("spec", "jobTemplate", "spec", "template")));
      default -> Optional.empty();
    };
  }

  /** The value at a path of keys; null if absent. */
  @Nullable Object at(String... path) {
    return at(content, path);
  }

  String text(String... path) {
    Object found = at(path);
    if (found == null) {
      throw new AssertionError(String.join(".", path) + ": none");
    }
    return found.toString();
  }

  static @Nullable Object at(@Nullable Object from, String... path) {
    Object here = from;
    for (String key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }

  static Map<String, Object> map(@Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    @SuppressWarnings("unchecked")
    Map<String, Object> map = (Map<String, Object>) value;
    return map;
  }

  static List<Map<String, Object>> maps(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(Manifest::map).toList() : List.of();
  }

  static List<String> texts(@Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(Object::toString).toList() : List.of();
  }
}
