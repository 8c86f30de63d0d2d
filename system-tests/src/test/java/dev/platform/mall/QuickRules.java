package dev.platform.mall;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;

/**
 * The rules in {@code observability/} in fast motion: each {@code for} and each range is a twelfth
 * of what it is, so that a minute takes five seconds. Nothing else is changed. With a scrape each
 * second, a range has as many samples as the original with a scrape each twelve seconds.
 */
final class QuickRules {

  private static final int SECONDS_A_MINUTE = 5;

  /** As in {@code for: 2m} and in {@code rate(calls[6h])}. */
  private static final Pattern DURATION = Pattern.compile("(?<=for: |\\[)(\\d+)([mh])\\b");

  private QuickRules() {}

  /** The content of a file of rules. */
  static String read() throws IOException {
    return DURATION
        .matcher(Files.readString(Dashboards.RULES))
        .replaceAll(found -> seconds(Integer.parseInt(found.group(1)), found.group(2)) + "s");
  }

  private static int seconds(int count, String unit) {
    return count * SECONDS_A_MINUTE * (unit.equals("h") ? 60 : 1);
  }
}
