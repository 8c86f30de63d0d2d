package dev.platform.core;

import org.jspecify.annotations.Nullable;

/**
 * A property has an invalid value. The application does not start; its failure analysis names
 * property, value and expectation.
 */
public final class InvalidPropertyException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String property;
  private final @Nullable Object value;
  private final String expected;

  /**
   * @param property the full name, {@code platform.registry.lease-ttl}
   * @param value what it was set to
   * @param expected which values are valid, as text: {@code >= 2s}
   */
  public InvalidPropertyException(String property, @Nullable Object value, String expected) {
    this(property, value, expected, null);
  }

  /** The same with a cause. */
  public InvalidPropertyException(
      String property, @Nullable Object value, String expected, @Nullable Throwable cause) {
    super("%s: %s (expected: %s)".formatted(property, value, expected), cause);
    this.property = property;
    this.value = value;
    this.expected = expected;
  }

  /** Throws unless {@code valid}. */
  public static void check(
      boolean valid, String property, @Nullable Object value, String expected) {
    if (!valid) {
      throw new InvalidPropertyException(property, value, expected);
    }
  }

  /** The full name of the property. */
  public String property() {
    return property;
  }

  /** What it was set to. */
  public @Nullable Object value() {
    return value;
  }

  /** Which values are valid, as text. */
  public String expected() {
    return expected;
  }
}
