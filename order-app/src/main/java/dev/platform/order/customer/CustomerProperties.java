package dev.platform.order.customer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who customers are.
 *
 * @param identity whether customers must be known
 * @param session the session cookies of browsers
 * @param login how the page's users sign in
 * @param traceUserId what spans say of an order's user
 */
@ConfigurationProperties("mall")
public record CustomerProperties(
    @DefaultValue("open") Identity identity,
    @DefaultValue Session session,
    @DefaultValue Login login,
    @DefaultValue("hashed") TraceUserId traceUserId) {

  private static final int MIN_KEY_BYTES = 32;
  private static final Duration MAX_AGE = Duration.ofDays(30);

  /** Whether customers must be known. */
  public enum Identity {
    /** A call without a user's token may name any user; with one it is that user's. */
    OPEN,
    /** Every call for an order or notifications is some user's: by token, or by session cookie. */
    REQUIRED
  }

  /** What spans say of an order's user. */
  public enum TraceUserId {
    /** The start of its SHA-256: equal for orders of the same user. */
    HASHED,
    /** Nothing. */
    OFF
  }

  /**
   * Session cookies, which are signed.
   *
   * @param key what they are signed with, at least 32 bytes; all instances need the same. Random
   *     without one: sessions then end with the process
   * @param previousKeys keys of cookies that are still accepted, after a change of the key
   * @param maxAge how long a session lasts; 1m to 30 days
   */
  public record Session(
      @Nullable String key,
      @DefaultValue List<String> previousKeys,
      @DefaultValue("12h") Duration maxAge) {

    public Session {
      key = key == null || key.isBlank() ? null : key;
      previousKeys = List.copyOf(previousKeys);
      checkKey("mall.session.key", key);
      previousKeys.forEach(each -> checkKey("mall.session.previous-keys", each));
      if (maxAge.compareTo(Duration.ofMinutes(1)) < 0 || maxAge.compareTo(MAX_AGE) > 0) {
        throw new IllegalArgumentException(
            "mall.session.max-age: %s (expected: 1m to 30d)".formatted(maxAge));
      }
    }

    /** The key itself must not be in a message. */
    private static void checkKey(String name, @Nullable String key) {
      int bytes = key == null ? MIN_KEY_BYTES : key.getBytes(StandardCharsets.UTF_8).length;
      if (bytes < MIN_KEY_BYTES) {
        throw new IllegalArgumentException(
            "%s: a key of %d bytes (expected: at least %d)".formatted(name, bytes, MIN_KEY_BYTES));
      }
    }

    /** Without the keys. */
    @Override
    public String toString() {
      return "Session[maxAge=" + maxAge + "]";
    }
  }

  /**
   * Signing in at the issuer of {@code spring.security.oauth2.resourceserver.jwt.issuer-uri}.
   *
   * @param clientId the mall's name there; without one the page offers no sign-in
   * @param clientSecret its secret; none for a public client
   * @param scope what is asked for
   */
  public record Login(
      @Nullable String clientId,
      @Nullable String clientSecret,
      @DefaultValue("openid") String scope) {

    public Login {
      clientId = clientId == null || clientId.isBlank() ? null : clientId;
      clientSecret = clientSecret == null || clientSecret.isBlank() ? null : clientSecret;
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Login[clientId=" + clientId + "]";
    }
  }
}
