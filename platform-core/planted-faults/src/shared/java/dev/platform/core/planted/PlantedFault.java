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
 * A fault to plant into copies of classes.
 *
 * @param where what is to find it: a test's class, {@code retry/HedgingBudgetInterleavingsTest}, or
 *     a part of scenarios' names; empty for all
 * @param replacements at least one
 */
public record PlantedFault(String name, String where, List<Replacement> replacements) {

  private static final String LIST = "/planted-faults.txt";

  /**
   * A text in place of another one.
   *
   * @param source the path of the class's source without its ending, {@code registry/LeaseKeeper}
   * @param before what it has exactly once
   */
  public record Replacement(String source, String before, String after) {}

  /** All of {@code planted-faults.txt}, a resource of the tests. */
  public static List<PlantedFault> all() {
    List<PlantedFault> all = new ArrayList<>();
    String where = "";
    String source = "";
    String before = "";
    for (String line : lines()) {
      String value = line.substring(line.indexOf(':') + 1).trim();
      if (line.startsWith("in:")) {
        where = value.equals("any") ? "" : value;
      } else if (line.startsWith("fault:")) {
        all.add(new PlantedFault(value, where, new ArrayList<>()));
      } else if (line.startsWith("class:")) {
        source = value;
      } else if (line.startsWith("old:")) {
        before = value;
      } else if (line.startsWith("new:")) {
        all.get(all.size() - 1).replacements.add(new Replacement(source, before, value));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IllegalArgumentException(line + " (expected: in:, fault:, class:, old: or new:)");
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
   * The changed sources, by path without its ending.
   *
   * @param root the directory of the replacements' sources
   * @throws IllegalArgumentException if a text is not there exactly once
   */
  public Map<String, String> plant(Path root) throws IOException {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Replacement each : replacements) {
      String text = changed.get(each.source);
      if (text == null) {
        text = Files.readString(root.resolve(each.source + ".java"));
      }
      int at = text.indexOf(each.before);
      if (at < 0 || text.indexOf(each.before, at + 1) >= 0) {
        throw new IllegalArgumentException(
            "%s: %s (expected: exactly once in %s)".formatted(name, each.before, each.source));
      }
      changed.put(
          each.source,
          text.substring(0, at) + each.after + text.substring(at + each.before.length()));
    }
    return changed;
  }
}
