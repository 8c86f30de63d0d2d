package dev.platform.dev.issuer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Codes of users who have signed in, each for one exchange within a minute, by the client that
 * knows what the code's challenge was made of (PKCE, RFC 7636, S256). Bounded. Thread-safe.
 */
final class AuthorizationCodes {

  private static final Duration LIFETIME = Duration.ofMinutes(1);
  private static final int MAX_CODES = 1000;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random = new SecureRandom();
  private final Clock clock;
  private final Map<String, Pending> pending = // guarded by itself
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pending> eldest) {
          return size() > MAX_CODES;
        }
      };

  AuthorizationCodes(Clock clock) {
    this.clock = clock;
  }

  /**
   * What a code was given for.
   *
   * @param client who asked for it
   * @param redirectUri where the user was sent with it
   * @param challenge the hash of the client's secret, in base64url
   * @param nonce to be repeated in the ID token; may be empty
   */
  record Grant(
      String client, String redirectUri, String challenge, String nonce, Identity identity) {}

  private record Pending(Grant grant, Instant until) {}

  /** A new code. */
  String issue(Grant grant) {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String code = BASE64.encodeToString(bytes);
    synchronized (pending) {
      pending.put(code, new Pending(grant, clock.instant().plus(LIFETIME)));
    }
    return code;
  }

  /** What the code was given for; empty if anything about the exchange is wrong. Uses it up. */
  Optional<Grant> exchange(String code, String client, String redirectUri, String verifier) {
    Pending found;
    synchronized (pending) {
      found = pending.remove(code);
    }
    return Optional.ofNullable(found)
        .filter(known -> known.until().isAfter(clock.instant()))
        .map(Pending::grant)
        .filter(grant -> grant.client().equals(client))
        .filter(grant -> grant.redirectUri().equals(redirectUri))
        .filter(grant -> grant.challenge().equals(challengeOf(verifier)));
  }

  static String challengeOf(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return BASE64.encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
