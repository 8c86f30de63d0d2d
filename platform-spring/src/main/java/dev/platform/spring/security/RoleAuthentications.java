package dev.platform.spring.security;

import dev.platform.core.identity.User;
import java.util.List;
import java.util.TreeSet;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** The user's name, and the roles as authorities with {@code ROLE_} before each. */
final class RoleAuthentications implements SecurityAuthentications {

  @Override
  public Authentication of(User user) {
    return UsernamePasswordAuthenticationToken.authenticated(
        user.subject(), null, authorities(user));
  }

  static List<GrantedAuthority> authorities(User user) {
    return new TreeSet<>(user.roles())
        .stream()
            .<GrantedAuthority>map(role -> new SimpleGrantedAuthority("ROLE_" + role))
            .toList();
  }
}
