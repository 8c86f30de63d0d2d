package dev.platform.starter.test.collapse;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * Which properties in force let work repeat or pile up. The platform's own have their defaults if
 * they are not given.
 */
final class PropertyAdvice {

  /** A property that decides on retries or queues, and when it is a suspect. */
  private record Judged(
      String name, String byDefault, BiPredicate<String, Duration> suspect, String why) {}

  private static final List<Judged> JUDGED =
      List.of(
          judged(
              "platform.resilience.concurrency-limit.mode",
              "off",
              "off",
              "calls queue for a thread without a bound"),
          new Judged(
              "platform.resilience.retry.budget.ratio",
              "0.1",
              (value, deadline) -> number(value) > 0.2,
              "this share of all calls is repeated for as long as calls fail"),
          new Judged(
              "platform.resilience.retry.budget.tokens",
              "200",
              (value, deadline) -> number(value) > 200,
              "half as many failed calls are repeated at once"),
          new Judged("platform.resilience.retry.enabled", "true", PropertyAdvice::never, ""),
          new Judged("platform.resilience.retry.max-attempts", "3", PropertyAdvice::never, ""),
          judged(
              "platform.resilience.circuit-breaker.enabled",
              "true",
              "false",
              "a service that fails still gets all calls"),
          judged(
              "platform.deadline.refuse-below-usual",
              "true",
              "false",
              "work begins that its caller will not wait for"),
          new Judged(
              "platform.deadline.default-timeout",
              "5s",
              (value, deadline) -> duration(value).isZero(),
              "calls without a deadline wait for ever, and keep what they hold"),
          judged(
              "platform.grpc.server-executor.enabled",
              "true",
              "false",
              "a backlog becomes threads without a bound"),
          new Judged("platform.grpc.server-executor.max-threads", "200", PropertyAdvice::never, ""),
          new Judged("spring.datasource.hikari.maximum-pool-size", "10", PropertyAdvice::never, ""),
          new Judged(
              "spring.datasource.hikari.connection-timeout",
              "30000",
              (value, deadline) -> duration(value).compareTo(deadline.multipliedBy(2)) > 0,
              "work waits for a connection longer than its caller waits for the work"));

  private PropertyAdvice() {}

  /** The names of the properties that are judged. */
  static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    JUDGED.forEach(judged -> defaults.put(judged.name(), judged.byDefault()));
    return defaults;
  }

  static List<String> lines(Map<String, Map<String, String>> properties, Duration deadline) {
    List<String> suspects = new ArrayList<>();
    List<String> others = new ArrayList<>();
    properties.forEach(
        (application, given) -> {
          Map<String, String> rest = new TreeMap<>(given);
          for (Judged judged : JUDGED) {
            String value = rest.remove(judged.name());
            String known = value == null ? judged.byDefault() : value;
            String line = "  " + application + ": " + judged.name() + "=" + known;
            if (judged.suspect().test(known, deadline)) {
              suspects.add(line + ": " + judged.why());
            } else {
              others.add(line);
            }
          }
          rest.forEach((name, value) -> others.add("  " + application + ": " + name + "=" + value));
        });
    List<String> lines = new ArrayList<>();
    section(lines, "let work repeat or pile up:", suspects);
    section(lines, "also in force:", others);
    return lines;
  }

  private static void section(List<String> lines, String title, List<String> section) {
    if (!section.isEmpty()) {
      lines.add(title);
      lines.addAll(section);
    }
  }

  private static Judged judged(String name, String byDefault, String suspect, String why) {
    return new Judged(name, byDefault, (value, deadline) -> value.equalsIgnoreCase(suspect), why);
  }

  private static boolean never(String value, Duration deadline) {
    return false;
  }

  /** What is no number is no suspect: the application would not have started with it. */
  private static double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** As Spring writes durations: {@code 500ms}, {@code 5s}, {@code PT5S}, or milliseconds. */
  private static Duration duration(String value) {
    String text = value.trim().toUpperCase(Locale.ROOT);
    try {
      if (text.startsWith("P")) {
        return Duration.parse(text);
      }
      if (text.endsWith("MS")) {
        return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2).trim()));
      }
      return text.chars().allMatch(Character::isDigit)
          ? Duration.ofMillis(Long.parseLong(text))
          : Duration.parse("PT" + text);
    } catch (NumberFormatException | DateTimeParseException e) {
      return Duration.ofMillis(1);
    }
  }
}
