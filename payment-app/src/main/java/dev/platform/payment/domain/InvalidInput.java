package dev.platform.payment.domain;

/** A field whose value is not allowed; the message starts with the field's name. */
public final class InvalidInput extends Refusal {

  private static final long serialVersionUID = 1L;

  /** The longest id in characters. */
  public static final int MAX_ID_LENGTH = 128;

  public InvalidInput(String message) {
    super(Kind.INVALID, message);
  }

  /** The same problem with the field's path in the enclosing message: {@code amount.currency …}. */
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
}
