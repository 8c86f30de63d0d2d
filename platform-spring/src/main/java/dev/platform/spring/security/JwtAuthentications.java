package dev.platform.spring.security;

import dev.platform.core.identity.User;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** The user's JWT; by name and roles for users without one. */
final class JwtAuthentications implements SecurityAuthentications {

  private final SecurityAuthentications others = new RoleAuthentications();
  private final @Nullable JwtAuthenticationConverter own;

  /**
   * @param own the application's converter; null for the roles as authorities
   */
  JwtAuthentications(@Nullable JwtAuthenticationConverter own) {
    this.own = own;
  }

  @Override
  public @Nullable Authentication of(User user) {
    if (!(user.source() instanceof Jwt jwt)) {
      return others.of(user);
    }
    return own == null
        ? new JwtAuthenticationToken(jwt, RoleAuthentications.authorities(user), user.subject())
        : own.convert(jwt);
  }
}
