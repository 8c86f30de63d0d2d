package dev.platform.spring.http;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Which headers of a request are hidden, and what is left of its baggage. Thread-safe. */
final class ForeignHeaders {

  static final String BAGGAGE = "baggage";

  private static final String PLATFORM = "platform-";
  private static final String ALL = "*";

  private final Set<String> permitted;

  /**
   * @param permitted names of baggage entries
   */
  ForeignHeaders(Set<String> permitted) {
    this.permitted = permitted;
  }

  /** Whether a header of this name, in any case, is hidden or changed. */
  boolean concerns(String name) {
    return isHidden(name) || name.equalsIgnoreCase(BAGGAGE) && !permitted.contains(ALL);
  }

  /** Whether the platform's own, which trusted callers send. */
  static boolean isHidden(String name) {
    return name.toLowerCase(Locale.ROOT).startsWith(PLATFORM);
  }

  /** The values of a header {@code baggage} with the permitted entries; empty if there is none. */
  List<String> baggage(Collection<String> values) {
    String left =
        values.stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .filter(entry -> permitted.contains(nameOf(entry)))
            .collect(Collectors.joining(","));
    return left.isEmpty() ? List.of() : List.of(left);
  }

  private static String nameOf(String entry) {
    int end = entry.indexOf('=');
    return (end < 0 ? entry : entry.substring(0, end)).strip();
  }
}
