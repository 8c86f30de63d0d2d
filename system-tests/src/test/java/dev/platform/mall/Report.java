package dev.platform.mall;

import java.util.Locale;

/** Prints measurements that tests don't check, for readers of a build's output. */
final class Report {

  private Report() {}

  static void line(String format, Object... values) {
    System.out.println("[system] " + String.format(Locale.ROOT, format, values));
  }
}
