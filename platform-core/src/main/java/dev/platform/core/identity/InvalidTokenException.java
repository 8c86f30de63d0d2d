package dev.platform.core.identity;

import org.jspecify.annotations.Nullable;

/**
 * A token does not prove a user. What the caller gets to read depends on the reason only: what the
 * token's claims say is mentioned where its signature was found valid, that is to callers who have
 * a token of the issuer.
 */
public final class InvalidTokenException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why a token is refused. */
  public enum Reason {
    /** It is no token. */
    MALFORMED("token-malformed", "the token is not valid"),
    /** It is not signed, or by an algorithm that is not accepted. */
    ALGORITHM("token-algorithm", "the token is not valid"),
    /** Its signature is of none of the issuer's keys. */
    SIGNATURE("token-signature", "the token is not valid"),
    /** Its time is over. */
    EXPIRED("token-expired", "the token has expired"),
    /** Its time has not begun. */
    NOT_YET_VALID("token-not-yet-valid", "the token is not valid yet"),
    /** Another issuer made it. */
    ISSUER("token-issuer", "the token is of another issuer"),
    /** It was made for other services. */
    AUDIENCE("token-audience", "the token is for another audience"),
    /** A claim that is needed is missing or wrong. */
    CLAIMS("token-claims", "the token lacks a claim"),
    /** It can't be checked now, since the issuer's keys are missing. */
    UNAVAILABLE("token-unchecked", "the token can't be checked now");

    private final String id;
    private final String text;

    Reason(String id, String text) {
      this.id = id;
      this.text = text;
    }

    /** Its name in the audit log. */
    public String id() {
      return id;
    }

    /** What the caller gets to read. */
    public String text() {
      return text;
    }
  }

  public InvalidTokenException(Reason reason) {
    this(reason, null);
  }

  /**
   * @param cause for logs, never for the caller
   */
  public InvalidTokenException(Reason reason, @Nullable Throwable cause) {
    // Without a stack trace: whoever sends tokens decides how many of these there are.
    super(reason.text(), cause, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
