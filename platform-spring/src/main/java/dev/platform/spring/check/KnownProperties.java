package dev.platform.spring.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;

/** The platform's properties, from the configuration metadata in its jars. */
final class KnownProperties {

  private static final Logger log = LoggerFactory.getLogger(KnownProperties.class);
  private static final String PREFIX = "platform.";
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";

  /** A class of each module: many jars on the class path have metadata. */
  private static final List<String> MODULES =
      List.of(
          KnownProperties.class.getName().replace('.', '/') + ".class",
          "dev/platform/jdbc/JdbcAutoConfiguration.class");

  private final List<Known> all;

  /**
   * @param open whether any name below it is valid, too: a map's keys or a list's indices
   */
  private record Known(ConfigurationPropertyName name, boolean open) {

    boolean is(ConfigurationPropertyName other) {
      return name.equals(other) || open && name.isAncestorOf(other);
    }

    boolean isUniform(String other) {
      String own = uniform(name.toString());
      return own.equals(other) || open && other.startsWith(own);
    }
  }

  private KnownProperties(List<Known> all) {
    this.all = all;
  }

  /** Those of this jar and of platform-jdbc; none, if a jar was repackaged without its metadata. */
  static KnownProperties load() {
    return new KnownProperties(
        MODULES.stream().flatMap(module -> properties(module).stream()).toList());
  }

  private static List<Known> properties(String module) {
    URL here = KnownProperties.class.getClassLoader().getResource(module);
    if (here == null) {
      return List.of();
    }
    try (InputStream metadata =
        URI.create(here.toString().replace(module, METADATA)).toURL().openStream()) {
      String text = new String(metadata.readAllBytes(), StandardCharsets.UTF_8);
      Object properties = JsonParserFactory.getJsonParser().parseMap(text).get("properties");
      return Stream.ofNullable((List<?>) properties)
          .flatMap(List::stream)
          .map(property -> (Map<?, ?>) property)
          .filter(property -> text(property, "name").startsWith(PREFIX))
          .map(KnownProperties::known)
          .toList();
    } catch (IOException e) {
      log.debug("The names of properties are not checked", e);
      return List.of();
    }
  }

  private static Known known(Map<?, ?> property) {
    String type = text(property, "type");
    return new Known(
        ConfigurationPropertyName.of(text(property, "name")),
        type.startsWith(Map.class.getName()) || type.startsWith(List.class.getName()));
  }

  private static String text(Map<?, ?> property, String key) {
    return String.valueOf(property.get(key));
  }

  boolean contains(ConfigurationPropertyName name) {
    return all.stream().anyMatch(known -> known.is(name));
  }

  /** Whether an environment variable sets one of them; there, dots and dashes are the same. */
  boolean containsVariable(ConfigurationPropertyName name) {
    String uniform = uniform(name.toString());
    return all.stream().anyMatch(known -> known.isUniform(uniform));
  }

  /** Whether a name's group is one of the platform's, or a misspelt one. */
  boolean hasPlatformGroup(ConfigurationPropertyName name) {
    return all.stream()
        .map(known -> group(known.name))
        .distinct()
        .anyMatch(group -> distance(group, group(name)) <= (group.length() > 5 ? 2 : 0));
  }

  /** The property that a name extends, or is most similar to, if any. */
  Optional<String> closest(ConfigurationPropertyName name) {
    Optional<String> shorter =
        all.stream()
            .filter(known -> known.name.isAncestorOf(name))
            .map(known -> known.name.toString())
            .findFirst();
    return shorter.or(() -> mostSimilar(name));
  }

  private Optional<String> mostSimilar(ConfigurationPropertyName name) {
    return all.stream()
        .map(known -> known.name.toString())
        .min(Comparator.comparingInt(known -> distance(known, name.toString())))
        .filter(known -> distance(known, name.toString()) <= known.length() / 4);
  }

  private static String group(ConfigurationPropertyName name) {
    return name.getNumberOfElements() < 2
        ? ""
        : name.getElement(1, ConfigurationPropertyName.Form.DASHED);
  }

  /** Without what differs between the spellings of a name. */
  static String uniform(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** The Levenshtein distance, row by row. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
