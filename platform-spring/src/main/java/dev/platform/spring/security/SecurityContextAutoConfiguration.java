package dev.platform.spring.security;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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

  @Bean
  ServerLink securityContextServerInterceptor(ObjectProvider<SecurityAuthentications> jwts) {
    return new ServerLink(
        ServerStage.SECURITY_CONTEXT,
        new SecurityContextServerInterceptor(jwts.getIfAvailable(RoleAuthentications::new)));
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Jwt.class, JwtAuthenticationToken.class})
  static class Jwts {

    @Bean
    SecurityAuthentications jwtAuthentications(ObjectProvider<JwtAuthenticationConverter> own) {
      return new JwtAuthentications(own.getIfUnique());
    }
  }
}
