package dev.platform.payment.domain;

/** A request that the rules do not allow; the message is for the caller to read. */
public class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What kind of answer the caller gets. */
  public enum Kind {
    /** The request can never succeed as it is. */
    INVALID,
    /** It names something that is not there. */
    UNKNOWN,
    /** It contradicts an earlier one of the same id. */
    CONFLICT,
    /** It is not possible in the present state. */
    NOT_POSSIBLE,
    /** Nobody may ask for this here. */
    NOT_ALLOWED,
    /** It may succeed later. */
    NOT_NOW
  }

  private final Kind kind;

  public Refusal(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
