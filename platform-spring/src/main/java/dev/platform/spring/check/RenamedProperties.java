package dev.platform.spring.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Properties whose names differ between the Spring Boot lines, as a table in this jar. */
final class RenamedProperties {

  /** The name on this line, if there is one. */
  record Renamed(Optional<String> here) {}

  private static final String FILE = "/META-INF/platform/renamed-properties.txt";
  private static final String NONE = "-";

  private final List<Row> rows;

  private RenamedProperties(List<Row> rows) {
    this.rows = rows;
  }

  /**
   * @param newNames whether this line has the new names
   */
  static RenamedProperties ofOtherLine(boolean newNames) {
    try (InputStream file =
        Objects.requireNonNull(RenamedProperties.class.getResourceAsStream(FILE))) {
      return new RenamedProperties(
          new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.split("\\s+"))
              .map(names -> newNames ? new Row(names[0], names[1]) : new Row(names[1], names[0]))
              .filter(row -> !row.there.equals(NONE))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " can't be read", e);
    }
  }

  /** The entry of a name that only the other line has. */
  Optional<Renamed> find(ConfigurationPropertyName name) {
    return rows.stream().flatMap(row -> row.match(name).stream()).findFirst();
  }

  /** Environment variables have no dashes: dots and dashes are the same here. */
  private record Row(String there, String here, Pattern pattern) {

    Row(String there, String here) {
      this(there, here, pattern(there));
    }

    private static Pattern pattern(String name) {
      String regex =
          name.replaceAll("[.-]?\\*\\*$", "\0")
              .replaceAll("\\.\\*\\.", "\1")
              .replaceAll("[.-]", "[.-]?")
              .replace("\1", "\\.([^.]+)\\.")
              .replace("\0", ".+");
      return Pattern.compile(regex);
    }

    Optional<Renamed> match(ConfigurationPropertyName name) {
      Matcher matcher = pattern.matcher(lower(name));
      if (!matcher.matches()) {
        return Optional.empty();
      }
      if (here.equals(NONE)) {
        return Optional.of(new Renamed(Optional.empty()));
      }
      String part = matcher.groupCount() > 0 ? matcher.group(1) : "";
      return Optional.of(new Renamed(Optional.of(here.replace("*", part).replace(".**", ""))));
    }

    private static String lower(ConfigurationPropertyName name) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < name.getNumberOfElements(); i++) {
        text.append(i == 0 ? "" : ".").append(name.getElement(i, Form.DASHED));
      }
      return text.toString().toLowerCase(Locale.ROOT);
    }
  }
}
