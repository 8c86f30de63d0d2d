package dev.platform.dev.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** docs/properties.md agrees with the code. */
class PropertyReferenceTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `(platform\\.dev\\.[a-z.-]+)` \\| (?:`([^`]*)`|[^`|]*) \\|.*\\|$");

  @Test
  void documentsEveryPropertyForDevelopmentWithItsDefault() throws IOException {
    assertThat(documented())
        .as("platform.dev.* in docs/properties.md")
        .containsExactlyInAnyOrderEntriesOf(inMetadata());
  }

  private static Map<String, String> documented() throws IOException {
    Path reference = Path.of(System.getProperty("basedir", "."), "..", "docs", "properties.md");
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(reference)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(row.group(1), row.group(2) == null ? "" : row.group(2));
      }
    }
    return rows;
  }

  private static Map<String, String> inMetadata() throws IOException {
    JsonNode metadata =
        new ObjectMapper()
            .readTree(
                new ClassPathResource("META-INF/spring-configuration-metadata.json")
                    .getInputStream());
    Map<String, String> defaults = new TreeMap<>();
    for (JsonNode property : metadata.path("properties")) {
      String name = property.path("name").asText();
      if (name.startsWith("platform.")) {
        defaults.put(name, property.path("defaultValue").asText(""));
      }
    }
    return defaults;
  }
}
