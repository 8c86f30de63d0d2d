package dev.platform.payment.domain;

/** A request that the rules do not allow; the message may be shown to the caller. */
public class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of refusal. */
  public enum Kind {
    /** The request is invalid. */
    INVALID,
    /** It names something that does not exist. */
    UNKNOWN,
    /** It contradicts an earlier request with the same id. */
    CONFLICT,
    /** It is not possible in the present state. */
    NOT_POSSIBLE,
    /** The request is not permitted here. */
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
