package dev.platform.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.identity.User;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** What Spring Security is to know of a user. */
class JwtAuthenticationsTest {

  private static final Jwt JWT =
      Jwt.withTokenValue("t").header("alg", "RS256").subject("ann").claim("scope", "read").build();

  @Test
  void areTheTokenWithTheRolesAsAuthorities() {
    var known = new JwtAuthentications(null).of(user(JWT));

    assertThat(known).isInstanceOf(JwtAuthenticationToken.class);
    assertThat(known.getName()).isEqualTo("ann");
    assertThat(known.isAuthenticated()).isTrue();
    assertThat(known.getAuthorities())
        .extracting(GrantedAuthority::getAuthority)
        .containsExactly("ROLE_admin", "ROLE_customer");
  }

  @Test
  void areWhatTheApplicationsConverterMakes() {
    assertThat(new JwtAuthentications(new JwtAuthenticationConverter()).of(user(JWT)).getAuthorities())
        .extracting(GrantedAuthority::getAuthority)
        .contains("SCOPE_read")
        .doesNotContain("ROLE_admin");
  }

  @Test
  void areNameAndRolesOfOtherTokens() {
    var known = new JwtAuthentications(null).of(user(null));

    assertThat(known).isInstanceOf(UsernamePasswordAuthenticationToken.class);
    assertThat(known.getName()).isEqualTo("ann");
    assertThat(known.getCredentials()).isNull();
  }

  private static User user(@Nullable Object source) {
    return new User("ann", "", Set.of("customer", "admin"), null, source);
  }
}
