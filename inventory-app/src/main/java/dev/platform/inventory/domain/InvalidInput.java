package dev.platform.inventory.domain;

/** A field whose value is not allowed; the message starts with the field's name. */
public final class InvalidInput extends Refusal {

  private static final long serialVersionUID = 1L;

  /** The longest id in characters. */
  public static final int MAX_ID_LENGTH = 128;

  public InvalidInput(String message) {
    super(Kind.INVALID, message);
  }

  /**
   * The same problem with the field's path in the enclosing message: {@code lines[2].quantity …}.
   */
  public InvalidInput within(String parent) {
    return new InvalidInput(parent + "." + getMessage());
  }

  /** Returns the id, which must have 1 to {@value #MAX_ID_LENGTH} printable characters. */
  public static String requireId(String field, String value) {
    if (value.isBlank()) {
      throw new InvalidInput(field + " is required");
    }
    int length = value.codePointCount(0, value.length());
    if (length > MAX_ID_LENGTH) {
      throw new InvalidInput(
          field + " must have at most " + MAX_ID_LENGTH + " characters: " + length);
    }
    // PostgreSQL can't store NUL in a text; the others make logs unreadable.
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidInput(field + " must not contain control characters");
    }
    return value;
  }

  /** Returns the number of pieces, which must be at least 1. */
  public static int requirePieces(String field, int value) {
    if (value < 1) {
      throw new InvalidInput(field + " must be at least 1: " + value);
    }
    return value;
  }

  static void requireNotBlank(String field, String value) {
    if (value.isBlank()) {
      throw new InvalidInput(field + " must not be blank");
    }
  }

  static InvalidInput otherDelivery(long line, String expected) {
    return new InvalidInput(
        "delivery_id of line %d must be %s"
            .formatted(
                line,
                expected.isEmpty()
                    ? "left out, as in the first line"
                    : "the first line's, or left out: " + expected));
  }

  /** Checks that a list has 1 to {@code max} entries. */
  public static void requireSize(String field, int size, int max) {
    if (size == 0) {
      throw new InvalidInput(field + " cannot be empty");
    }
    if (size > max) {
      throw new InvalidInput(field + " must have at most " + max + " entries: " + size);
    }
  }
}
