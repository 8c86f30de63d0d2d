package dev.platform.core.priority;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The order in which an overloaded server refuses calls. */
public enum Priority {

  /** Refused first. */
  LOW,

  /** The default. */
  NORMAL,

  /** Refused last. */
  HIGH;

  private final String id = name().toLowerCase(Locale.ROOT);

  /** Its name in headers and metrics. */
  public String id() {
    return id;
  }

  /** The priority with this name in a header; null for anything else. */
  static @Nullable Priority of(@Nullable String id) {
    if (id != null) {
      for (Priority each : values()) {
        if (each.id.equals(id)) {
          return each;
        }
      }
    }
    return null;
  }

  /** The lower one, or the only one; null for none. */
  public static @Nullable Priority lower(@Nullable Priority one, @Nullable Priority other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) <= 0 ? one : other;
  }
}
