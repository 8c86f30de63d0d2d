package dev.platform.spring.security;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.identity.User;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Shows a call's user to Spring Security, for {@code @PreAuthorize} on handlers and on what they
 * call. The user's roles are authorities, with {@code ROLE_} before each; a {@code
 * JwtAuthenticationConverter} of the application has its own.
 */
@AutoConfiguration(after = AuthenticationAutoConfiguration.class)
@ConditionalOnClass(SecurityContextHolder.class)
public final class SecurityContextAutoConfiguration {

  private static final String ROLE = "ROLE_";

  @Bean
  ServerLink securityContextServerInterceptor(ObjectProvider<JwtAuthentications> jwts) {
    JwtAuthentications byJwt = jwts.getIfAvailable();
    return new ServerLink(
        ServerStage.SECURITY_CONTEXT,
        new SecurityContextServerInterceptor(
            user -> {
              Authentication known = byJwt == null ? null : byJwt.apply(user);
              return known == null
                  ? UsernamePasswordAuthenticationToken.authenticated(
                      user.subject(), null, authorities(user.roles()))
                  : known;
            }));
  }

  private static List<? extends GrantedAuthority> authorities(Set<String> roles) {
    return new TreeSet<>(roles)
        .stream().map(role -> new SimpleGrantedAuthority(ROLE + role)).toList();
  }

  /** What Spring Security makes of a user whose token was a JWT; null for others. */
  interface JwtAuthentications extends Function<User, @Nullable Authentication> {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Jwt.class, JwtAuthenticationToken.class})
  static class Jwts {

    @Bean
    JwtAuthentications jwtAuthentications(ObjectProvider<JwtAuthenticationConverter> own) {
      JwtAuthenticationConverter converter = own.getIfUnique();
      return user -> {
        if (!(user.source() instanceof Jwt jwt)) {
          return null;
        }
        return converter == null
            ? new JwtAuthenticationToken(jwt, authorities(user.roles()), user.subject())
            : converter.convert(jwt);
      };
    }
  }
}
