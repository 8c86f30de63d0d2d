package dev.platform.tests.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * docs/properties.md, the defaults files and the code agree. Maps contain property names and their
 * defaults; a missing default is empty.
 */
class PropertyReferenceTest {

  /** A table row: a name in code, an optional default in code, the rest. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-zA-Z0-9.-]+)` \\| (?:`([^`]*)`|[^`|]*) \\|.*\\|$");

  /** The text in headings of tables for the other Spring Boot line. */
  private static final String OTHER_LINE =
      String.valueOf(SpringBootVersion.getVersion()).startsWith("3.")
          ? "Spring Boot 4.1"
          : "Spring Boot 3.5";

  @Test
  void documentsEveryPropertyOfThePlatformWithItsDefault() throws IOException {
    assertThat(documented(true))
        .as("platform.* in docs/properties.md")
        .containsExactlyInAnyOrderEntriesOf(inMetadata());
  }

  @Test
  void documentsEveryDefaultForOtherLibraries() throws IOException {
    Map<String, String> others = inDefaultsFiles();
    others.keySet().removeIf(name -> name.startsWith("platform."));
    assertThat(documented(false))
        .as("third-party defaults in docs/properties.md")
        .containsExactlyInAnyOrderEntriesOf(others);
  }

  @Test
  void theDefaultsFileMatchesTheCode() throws IOException {
    Map<String, String> platform = inDefaultsFiles();
    platform.keySet().removeIf(name -> !name.startsWith("platform."));
    assertThat(platform).isNotEmpty();
    assertThat(inMetadata())
        .as("defaults in the code, compared with platform.* in application-defaults.yml")
        .containsAllEntriesOf(platform);
  }

  private static Map<String, String> documented(boolean platform) throws IOException {
    Path reference = Path.of(System.getProperty("basedir", "."), "..", "docs", "properties.md");
    Map<String, String> rows = new TreeMap<>();
    boolean here = true;
    for (String line : Files.readAllLines(reference)) {
      Matcher row = ROW.matcher(line);
      if (line.startsWith("#")) {
        here = !line.contains(OTHER_LINE);
      }
      if (here
          && row.matches()
          && row.group(1).startsWith("platform.") == platform
          && !row.group(1).startsWith("platform.dev.")) {
        String fallback = row.group(2) == null ? "" : row.group(2);
        assertThat(rows.put(row.group(1), fallback))
            .as("%s is documented twice", row.group(1))
            .isNull();
      }
    }
    return rows;
  }

  /** Metadata of all modules. */
  private static Map<String, String> inMetadata() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (URL module :
        Collections.list(loader().getResources("META-INF/spring-configuration-metadata.json"))) {
      for (Map<?, ?> property : properties(module)) {
        String name = String.valueOf(property.get("name"));
        if (name.startsWith("platform.")) {
          defaults.put(name, text(property.get("defaultValue")));
        }
      }
    }
    return defaults;
  }

  private static List<Map<?, ?>> properties(URL metadata) throws IOException {
    try (InputStream file = metadata.openStream()) {
      String json = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      List<Map<?, ?>> properties = new ArrayList<>();
      if (JsonParserFactory.getJsonParser().parseMap(json).get("properties")
          instanceof List<?> all) {
        all.forEach(each -> properties.add((Map<?, ?>) each));
      }
      return properties;
    }
  }

  private static String text(Object value) {
    if (value instanceof List<?> values) {
      return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    // The annotation processor writes lists in brackets.
    return value == null ? "" : String.valueOf(value).replaceAll("^\\[(.*)]$", "$1");
  }

  /** The defaults for both lines and those for this line. */
  private static Map<String, String> inDefaultsFiles() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (String file : List.of("application-defaults.yml", "platform-line-defaults.yml")) {
      for (PropertySource<?> source :
          new YamlPropertySourceLoader().load(file, new ClassPathResource(file, loader()))) {
        for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
          defaults.put(name, String.valueOf(source.getProperty(name)));
        }
      }
    }
    return defaults;
  }

  private static ClassLoader loader() {
    return PropertyReferenceTest.class.getClassLoader();
  }
}
