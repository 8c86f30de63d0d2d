package dev.platform.helm;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
