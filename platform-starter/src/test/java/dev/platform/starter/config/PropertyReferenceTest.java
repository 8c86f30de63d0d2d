package dev.platform.starter.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * docs/properties.md, application-defaults.yml and the code tell the same. Maps are from a
 * property's name to its default, empty where it has none.
 */
class PropertyReferenceTest {

  /** A row of a table: a name in code, a default in code or none, the rest. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-zA-Z0-9.-]+)` \\| (?:`([^`]*)`|[^`|]*) \\|.*\\|$");

  @Test
  void documentsEveryPropertyOfThePlatformWithItsDefault() throws IOException {
    assertThat(documented(true))
        .as("platform.* in docs/properties.md")
        .containsExactlyInAnyOrderEntriesOf(inMetadata());
  }

  @Test
  void documentsEveryDefaultSetForOthers() throws IOException {
    Map<String, String> others = inDefaultsFile();
    others.keySet().removeIf(name -> name.startsWith("platform."));
    assertThat(documented(false))
        .as("third-party defaults in docs/properties.md")
        .containsExactlyInAnyOrderEntriesOf(others);
  }

  @Test
  void theDefaultsFileSaysWhatTheCodeSays() throws IOException {
    Map<String, String> platform = inDefaultsFile();
    platform.keySet().removeIf(name -> !name.startsWith("platform."));
    assertThat(platform).isNotEmpty();
    assertThat(inMetadata())
        .as("defaults in the code, compared with platform.* in application-defaults.yml")
        .containsAllEntriesOf(platform);
  }

  private static Map<String, String> documented(boolean platform) throws IOException {
    Path reference = Path.of(System.getProperty("basedir", "."), "..", "docs", "properties.md");
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(reference)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()
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

  /** Of all modules. */
  private static Map<String, String> inMetadata() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (URL module :
        Collections.list(loader().getResources("META-INF/spring-configuration-metadata.json"))) {
      for (JsonNode property : new ObjectMapper().readTree(module).path("properties")) {
        String name = property.path("name").asText();
        if (name.startsWith("platform.")) {
          defaults.put(name, text(property.path("defaultValue")));
        }
      }
    }
    return defaults;
  }

  private static String text(JsonNode value) {
    // The processor writes lists in brackets.
    return value.asText("").replaceAll("^\\[(.*)]$", "$1");
  }

  private static Map<String, String> inDefaultsFile() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (PropertySource<?> source :
        new YamlPropertySourceLoader()
            .load("defaults", new ClassPathResource("application-defaults.yml", loader()))) {
      for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
        defaults.put(name, String.valueOf(source.getProperty(name)));
      }
    }
    return defaults;
  }

  private static ClassLoader loader() {
    return PropertyReferenceTest.class.getClassLoader();
  }
}
