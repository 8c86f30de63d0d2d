package dev.platform.dev.issuer;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Tokens for development.
 *
 * @param enabled whether to host an issuer of tokens at
 *     spring.security.oauth2.resourceserver.jwt.issuer-uri when that is a plain-text loopback
 *     address that is not in use yet
 * @param audience the audience of its tokens
 * @param tokenLifetime how long they are valid; 1s to 24h
 */
@ConfigurationProperties("platform.dev.issuer")
public record DevIssuerProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("mall") String audience,
    @DefaultValue("1h") Duration tokenLifetime) {

  private static final Duration MAX_LIFETIME = Duration.ofHours(24);

  public DevIssuerProperties {
    if (tokenLifetime.toSeconds() < 1 || tokenLifetime.compareTo(MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException(
          "platform.dev.issuer.token-lifetime: %s (expected: 1s to 24h)".formatted(tokenLifetime));
    }
  }
}
