package dev.platform.core.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fault to plant into copies of the platform's classes.
 *
 * @param test the class that is to find it, {@code retry/HedgingBudgetInterleavingsTest}; empty if
 *     that is always the same
 * @param replacements at least one
 */
public record PlantedFault(String name, String test, List<Replacement> replacements) {

  private static final String LIST = "/planted-faults.txt";

  /**
   * A text in place of another one.
   *
   * @param type the class, {@code registry/LeaseKeeper}
   * @param before what its source has exactly once
   */
  public record Replacement(String type, String before, String after) {}

  /** All of {@code planted-faults.txt}, a resource of the tests. */
  public static List<PlantedFault> all() {
    List<PlantedFault> all = new ArrayList<>();
    String test = "";
    String type = "";
    String before = "";
    for (String line : lines()) {
      String value = line.substring(line.indexOf(':') + 1).trim();
      if (line.startsWith("test:")) {
        test = value;
      } else if (line.startsWith("fault:")) {
        all.add(new PlantedFault(value, test, new ArrayList<>()));
      } else if (line.startsWith("class:")) {
        type = value;
      } else if (line.startsWith("old:")) {
        before = value;
      } else if (line.startsWith("new:")) {
        all.get(all.size() - 1).replacements.add(new Replacement(type, before, value));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IllegalArgumentException(
            line + " (expected: test:, fault:, class:, old: or new:)");
      }
    }
    return all;
  }

  private static List<String> lines() {
    try (InputStream list = PlantedFault.class.getResourceAsStream(LIST)) {
      if (list == null) {
        throw new IllegalStateException("there is no " + LIST);
      }
      return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The changed sources, by class.
   *
   * @param sources the directory of {@code dev/platform/core}
   * @throws IllegalArgumentException if a text is not there exactly once
   */
  public Map<String, String> plant(Path sources) throws IOException {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Replacement each : replacements) {
      String source = changed.get(each.type);
      if (source == null) {
        source = Files.readString(sources.resolve(each.type + ".java"));
      }
      int at = source.indexOf(each.before);
      if (at < 0 || source.indexOf(each.before, at + 1) >= 0) {
        throw new IllegalArgumentException(
            "%s: %s (expected: exactly once in %s)".formatted(name, each.before, each.type));
      }
      changed.put(
          each.type,
          source.substring(0, at) + each.after + source.substring(at + each.before.length()));
    }
    return changed;
  }
}
