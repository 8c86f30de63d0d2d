package dev.platform.core.identity;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user on whose behalf a call is made, from a checked token. Immutable.
 *
 * @param subject the user's name at the issuer
 * @param issuer who says so
 * @param roles the user's roles; empty if the token has none
 * @param expiresAt when the token ends; null if it doesn't
 */
public record User(String subject, String issuer, Set<String> roles, @Nullable Instant expiresAt) {

  public User {
    roles = Set.copyOf(roles);
  }
}
