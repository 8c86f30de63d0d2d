package dev.platform.inventory.domain;

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
