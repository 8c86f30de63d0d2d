package dev.platform.inventory.domain;

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
    NOT_POSSIBLE
  }

  private final Kind kind;

  Refusal(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static Refusal unknownProduct(String productId) {
    return new Refusal(Kind.UNKNOWN, "unknown product: " + productId);
  }

  static Refusal unknownReservation(String id) {
    return new Refusal(Kind.UNKNOWN, "unknown reservation: " + id);
  }

  static Refusal otherDelivery(String id) {
    return new Refusal(Kind.CONFLICT, "delivery " + id + " is known already, with other lines");
  }

  static Refusal otherLines(String id) {
    return new Refusal(Kind.CONFLICT, "reservation " + id + " is known already, with other lines");
  }

  static Refusal notPossible(String message) {
    return new Refusal(Kind.NOT_POSSIBLE, message);
  }
}
