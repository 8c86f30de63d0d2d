package dev.platform.core.identity;

/**
 * Checks bearer tokens: signature, issuer, audience, validity in time. Thread-safe. Called on a
 * handler thread for a token that was not seen in the last minute; may block for a short time, to
 * fetch an issuer's keys.
 */
@FunctionalInterface
public interface TokenVerifier {

  /**
   * The user whom the token proves.
   *
   * @param token without {@code Bearer}; bounded in size, of the characters that RFC 6750 allows
   * @throws InvalidTokenException if it proves none
   */
  User verify(String token) throws InvalidTokenException;
}
