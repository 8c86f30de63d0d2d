package dev.platform.core.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user on whose behalf a call is made, from a checked token. Immutable.
 *
 * @param subject the user's name at the issuer
 * @param issuer who says so
 * @param roles the user's roles; empty if the token has none
 * @param expiresAt when the token ends; null if it doesn't
 * @param source what the verifier read, such as Spring Security's {@code Jwt}; null if nobody needs
 *     it
 */
public record User(
    String subject,
    String issuer,
    Set<String> roles,
    @Nullable Instant expiresAt,
    @Nullable Object source) {

  private static final int HASH_BYTES = 8;

  public User {
    roles = Set.copyOf(roles);
  }

  /** A user without a source. */
  public User(String subject, String issuer, Set<String> roles, @Nullable Instant expiresAt) {
    this(subject, issuer, roles, expiresAt, null);
  }

  /**
   * Stands for the user in logs and spans: 16 hexadecimal digits, the start of SHA-256 of issuer
   * and subject.
   */
  public String subjectHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(issuer.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
      byte[] hash = digest.digest(subject.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  /** Without what identifies the user. */
  @Override
  public String toString() {
    return "User[" + subjectHash() + "]";
  }
}
