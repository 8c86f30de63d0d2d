package dev.platform.spring.security;

import dev.platform.core.identity.InvalidTokenException;
import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.User;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * Checks tokens by Spring Security's decoder (signature, issuer, what else the application has
 * configured there), then algorithm, validity in time and audience itself. Blocks while the decoder
 * fetches the issuer's keys.
 */
final class JwtTokenVerifier implements TokenVerifier {

  private static final int UNKNOWN_KEYS_PER_SECOND = 5;

  private final JwtDecoder decoder;
  private final List<String> audiences;
  private final Duration clockSkew;
  private final String rolesClaim;
  private final Clock clock;
  private final KeyIdLimit keys;

  JwtTokenVerifier(
      JwtDecoder decoder, UserProperties properties, Clock clock, LongSupplier nanoTime) {
    this.decoder = decoder;
    this.audiences = properties.audiences();
    this.clockSkew = properties.clockSkew();
    this.rolesClaim = properties.rolesClaim();
    this.clock = clock;
    this.keys = new KeyIdLimit(UNKNOWN_KEYS_PER_SECOND, nanoTime);
  }

  @Override
  public User verify(String token) throws InvalidTokenException {
    String key = KeyIdLimit.key(token);
    if (key == null) {
      throw new InvalidTokenException(Reason.MALFORMED);
    }
    if (isUnsigned(key)) {
      throw new InvalidTokenException(Reason.ALGORITHM);
    }
    if (!keys.permits(key)) {
      throw new InvalidTokenException(Reason.UNAVAILABLE);
    }
    Jwt jwt = checked(token, key);
    checkTimes(jwt);
    checkAudience(jwt);
    return user(jwt);
  }

  private Jwt checked(String token, String key) throws InvalidTokenException {
    try {
      Jwt jwt = decode(token, key);
      keys.accepted(key);
      return jwt;
    } finally {
      keys.done(key);
    }
  }

  /** Whatever the decoder would do. */
  private static boolean isUnsigned(String key) {
    String algorithm = key.substring(0, key.indexOf(' '));
    return algorithm.isEmpty() || algorithm.toLowerCase(Locale.ROOT).equals("none");
  }

  private Jwt decode(String token, String key) throws InvalidTokenException {
    try {
      return decoder.decode(token);
    } catch (JwtValidationException e) {
      // The signature is valid.
      keys.accepted(key);
      throw new InvalidTokenException(reason(e.getErrors()), e);
    } catch (BadJwtException e) {
      if (isWithoutKey(e)) {
        keys.missing(key);
      }
      throw new InvalidTokenException(has(e, "malformed") ? Reason.MALFORMED : Reason.SIGNATURE, e);
    } catch (JwtException e) {
      throw new InvalidTokenException(Reason.UNAVAILABLE, e);
    }
  }

  /** Spring Security's validators have texts only. */
  private static Reason reason(Collection<OAuth2Error> errors) {
    for (OAuth2Error error : errors) {
      String text = String.valueOf(error.getDescription()).toLowerCase(Locale.ROOT);
      if (text.contains("expired")) {
        return Reason.EXPIRED;
      }
      if (text.contains("used before")) {
        return Reason.NOT_YET_VALID;
      }
      if (text.contains("iss claim")) {
        return Reason.ISSUER;
      }
      if (text.contains("aud claim")) {
        return Reason.AUDIENCE;
      }
    }
    return Reason.CLAIMS;
  }

  private static boolean isWithoutKey(Throwable failure) {
    return has(failure, "no matching key");
  }

  private static boolean has(@Nullable Throwable failure, String text) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT).contains(text)) {
        return true;
      }
    }
    return false;
  }

  private void checkTimes(Jwt jwt) throws InvalidTokenException {
    Instant now = clock.instant();
    Instant end = jwt.getExpiresAt();
    if (end != null && !now.minus(clockSkew).isBefore(end)) {
      throw new InvalidTokenException(Reason.EXPIRED);
    }
    Instant start = jwt.getNotBefore();
    if (start != null && now.plus(clockSkew).isBefore(start)) {
      throw new InvalidTokenException(Reason.NOT_YET_VALID);
    }
  }

  private void checkAudience(Jwt jwt) throws InvalidTokenException {
    if (audiences.isEmpty()) {
      return;
    }
    List<String> named = jwt.getAudience();
    if (named == null || named.stream().noneMatch(audiences::contains)) {
      throw new InvalidTokenException(Reason.AUDIENCE);
    }
  }

  private User user(Jwt jwt) throws InvalidTokenException {
    String subject = jwt.getSubject();
    if (subject == null || subject.isBlank()) {
      throw new InvalidTokenException(Reason.CLAIMS);
    }
    String issuer = jwt.getClaimAsString("iss");
    return new User(
        subject, issuer == null ? "" : issuer, roles(jwt.getClaims()), jwt.getExpiresAt(), jwt);
  }

  private Set<String> roles(Map<String, Object> claims) {
    Object roles = claim(claims, rolesClaim);
    Set<String> found = new HashSet<>();
    if (roles instanceof Collection<?> several) {
      several.stream().filter(String.class::isInstance).forEach(role -> found.add((String) role));
    } else if (roles instanceof String text) {
      found.addAll(Arrays.asList(text.strip().split("\\s+")));
    }
    found.remove("");
    return found;
  }

  /** A claim of this name; else the dots lead into nested claims. */
  private static @Nullable Object claim(Map<?, ?> claims, String name) {
    Object own = claims.get(name);
    int dot = name.indexOf('.');
    if (own != null || dot < 0) {
      return own;
    }
    return claims.get(name.substring(0, dot)) instanceof Map<?, ?> nested
        ? claim(nested, name.substring(dot + 1))
        : null;
  }
}
