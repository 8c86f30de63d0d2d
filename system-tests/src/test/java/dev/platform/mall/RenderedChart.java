package dev.platform.mall;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.Yaml;

/** The objects of the chart in {@code helm/}, for local processes. */
final class RenderedChart {

  static final Path FOLDER = Path.of("..", "helm");

  private final List<Map<?, ?>> objects = new ArrayList<>();

  private RenderedChart(String yaml) {
    new Yaml().loadAll(yaml).forEach(this::add);
  }

  /**
   * Renders the chart's own values with overrides, for a cluster in which nothing is installed. All
   * passwords must be given: Helm generates missing ones.
   */
  static RenderedChart with(String values) throws IOException {
    Path file = Files.createTempFile("values", ".yaml");
    try (EmptyCluster unused = EmptyCluster.start()) {
      TemplateCommand command =
          new Helm(FOLDER)
              .template()
              .withName("mall")
              .withNamespace("shop")
              .withKubeVersion("1.32.0")
              .withValuesFile(Files.writeString(file, values));
      return new RenderedChart(command.call());
    } finally {
      Files.delete(file);
    }
  }

  /** An app's configuration. */
  String applicationYml(App app) {
    return at(get("ConfigMap", "mall-" + app.id() + "-app"), "data", "application.yml").toString();
  }

  /**
   * The environment of a workload's first container: values from secrets, and this machine's
   * address as the pod's. A pod's labels are empty.
   */
  Map<String, String> environment(String kind, String name, Map<String, String> existingSecrets) {
    Object containers = at(get(kind, name), "spec", "template", "spec", "containers");
    Map<String, String> environment = new HashMap<>();
    for (Object variable : (List<?>) at(((List<?>) containers).get(0), "env")) {
      environment.put(
          at(variable, "name").toString(), value((Map<?, ?>) variable, existingSecrets));
    }
    return environment;
  }

  /** The files of a secret, by name. */
  Map<String, String> secret(String name) {
    Map<String, String> files = new HashMap<>();
    ((Map<?, ?>) at(get("Secret", name), "data"))
        .forEach((file, content) -> files.put(file.toString(), decoded(content)));
    return files;
  }

  private static String decoded(Object content) {
    return new String(Base64.getDecoder().decode(content.toString()), StandardCharsets.UTF_8);
  }

  private String value(Map<?, ?> variable, Map<String, String> existingSecrets) {
    Object given = variable.get("value");
    if (given != null) {
      return given.toString();
    }
    Map<?, ?> from = (Map<?, ?>) variable.get("valueFrom");
    if (from.containsKey("fieldRef")) {
      return at(from, "fieldRef", "fieldPath").equals("status.podIP") ? "127.0.0.1" : "";
    }
    String secret = at(from, "secretKeyRef", "name").toString();
    String key = at(from, "secretKeyRef", "key").toString();
    String existing = existingSecrets.get(secret + "/" + key);
    return existing != null ? existing : decoded(at(get("Secret", secret), "data", key));
  }

  private Map<?, ?> get(String kind, String name) {
    return objects.stream()
        .filter(object -> kind.equals(object.get("kind")))
        .filter(object -> name.equals(at(object, "metadata", "name")))
        .findFirst()
        .orElseThrow(() -> new AssertionError(kind + " " + name + ": none"));
  }

  private void add(Object object) {
    if (object != null) {
      objects.add((Map<?, ?>) object);
    }
  }

  private static Object at(Object from, String... path) {
    Object here = from;
    for (String key : path) {
      here = Objects.requireNonNull(((Map<?, ?>) here).get(key), key);
    }
    return here;
  }
}
