package dev.platform.helm;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** The rendered objects, in the chart's order. */
record Manifests(List<Manifest> all) {

  static Manifests parse(String yaml) {
    return new Manifests(
        StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
            .filter(Objects::nonNull)
            .map(document -> new Manifest(Manifest.map(document)))
            .toList());
  }

  List<Manifest> ofKind(String kind) {
    return all.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  Optional<Manifest> find(String kind, String name) {
    return ofKind(kind).stream().filter(manifest -> manifest.name().equals(name)).findFirst();
  }

  Manifest get(String kind, String name) {
    return find(kind, name).orElseThrow(() -> new AssertionError(kind + " " + name + ": none"));
  }

  boolean has(String kind, String name) {
    return find(kind, name).isPresent();
  }

  /** All objects with a pod template, and pods. */
  List<Manifest> workloads() {
    return all.stream().filter(manifest -> manifest.podSpec().isPresent()).toList();
  }

  /** The application.yml of a service. */
  Map<String, Object> config(String service) {
    String text = get("ConfigMap", Chart.RELEASE + "-" + service).text("data", "application.yml");
    return new Yaml().load(text);
  }

  /** All containers of all workloads. */
  Stream<Map<String, Object>> containers() {
    return workloads().stream().flatMap(workload -> workload.containers().stream());
  }
}
