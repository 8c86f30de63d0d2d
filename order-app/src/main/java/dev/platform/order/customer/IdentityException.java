package dev.platform.order.customer;

import java.util.Objects;

/** Why a call may not be made for a user; the message may be shown to the caller. */
public final class IdentityException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What kind of failure it is. */
  public enum Kind {
    /** It is not known who the customer is. */
    UNKNOWN_CUSTOMER,
    /** The customer asks for something of another user. */
    OTHER_USER
  }

  private final Kind kind;

  private IdentityException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  static IdentityException unknownCustomer() {
    return new IdentityException(
        Kind.UNKNOWN_CUSTOMER, "authentication required: a user's token or session");
  }

  static IdentityException otherUser(String field) {
    return new IdentityException(
        Kind.OTHER_USER, field + " must be the authenticated user's, or left out");
  }

  public Kind kind() {
    return kind;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
