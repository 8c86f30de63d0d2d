package dev.platform.order.api;

import dev.platform.order.domain.OrderException;

/** Validates a request's fields. Throws {@link OrderException}, naming the field. */
final class Fields {

  private static final int MAX_LENGTH = 128;

  private Fields() {}

  static String required(String name, String value) {
    if (value.isBlank()) {
      throw OrderException.invalid(name + " is required");
    }
    return optional(name, value);
  }

  /** An empty value counts as absent; a blank one is an error. */
  static String unlessBlank(String name, String value) {
    if (!value.isEmpty() && value.isBlank()) {
      throw OrderException.invalid(name + " must not be blank");
    }
    return optional(name, value);
  }

  static String optional(String name, String value) {
    int length = value.codePointCount(0, value.length());
    if (length > MAX_LENGTH) {
      throw OrderException.invalid(
          name + " must be at most " + MAX_LENGTH + " characters: " + length);
    }
    return printable(name, value);
  }

  static String printable(String name, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw OrderException.invalid(name + " must not contain control characters");
    }
    return value;
  }

  static long atLeastZero(String name, long value) {
    if (value < 0) {
      throw OrderException.invalid(name + " must be at least 0: " + value);
    }
    return value;
  }
}
