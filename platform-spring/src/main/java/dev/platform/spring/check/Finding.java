package dev.platform.spring.check;

import dev.platform.core.InvalidPropertyException;
import org.jspecify.annotations.Nullable;

/**
 * A setting that does not do what it seems to.
 *
 * @param property its full name
 * @param expected which values are valid, as text
 */
public record Finding(String property, @Nullable Object value, String expected) {

  @Override
  public String toString() {
    return "%s: %s (expected: %s)".formatted(property, value, expected);
  }

  InvalidPropertyException asException() {
    return new InvalidPropertyException(property, value, expected);
  }
}
