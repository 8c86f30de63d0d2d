package dev.platform.helm;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An app's known properties: from the metadata of all jars on its class path, and from its own
 * application.yml.
 */
record KnownNames(Set<String> exact, Set<String> open) {

  private static final String METADATA = "META-INF/spring-configuration-metadata.json";

  static KnownNames of(String app) throws IOException {
    KnownNames known = new KnownNames(new HashSet<>(), new HashSet<>());
    for (URL metadata :
        Collections.list(KnownNames.class.getClassLoader().getResources(METADATA))) {
      try (Reader reader = new InputStreamReader(metadata.openStream(), StandardCharsets.UTF_8)) {
        known.add(JsonParser.parseReader(reader).getAsJsonObject().getAsJsonArray("properties"));
      }
    }
    Map<String, Object> own = Chart.yaml(Path.of("..", app, "src/main/resources/application.yml"));
    flatten("", own).filter(name -> name.startsWith("mall.")).forEach(known.exact::add);
    return known;
  }

  /** The names of all values in nested maps; a list counts as one value. */
  static Stream<String> flatten(String at, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return Stream.of(at);
    }
    return map.entrySet().stream()
        .flatMap(
            entry ->
                flatten(
                    at.isEmpty() ? "" + entry.getKey() : at + "." + entry.getKey(),
                    entry.getValue()));
  }

  boolean contains(String name) {
    return exact.contains(name) || open.stream().anyMatch(map -> name.startsWith(map + "."));
  }

  /** Whether an environment variable maps to a known property. */
  boolean containsVariable(String variable) {
    String uniform = uniform(variable);
    return exact.stream().anyMatch(name -> uniform(name).equals(uniform))
        || open.stream().anyMatch(map -> uniform.startsWith(uniform(map)));
  }

  private void add(JsonArray properties) {
    for (JsonElement element : properties) {
      JsonObject property = element.getAsJsonObject();
      String name = property.get("name").getAsString();
      exact.add(name);
      if (property.has("type") && property.get("type").getAsString().startsWith("java.util.Map")) {
        open.add(name);
      }
    }
  }

  private static String uniform(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }
}
