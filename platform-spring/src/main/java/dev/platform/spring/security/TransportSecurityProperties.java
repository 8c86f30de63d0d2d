package dev.platform.spring.security;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.transport.TransportMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the connections between services are secured.
 *
 * @param mode {@code strict}: mutual TLS only; {@code permissive}: both on one port, for the time
 *     in which a fleet moves; {@code plaintext}: no TLS
 * @param bundle name of the Spring SSL bundle with this process's certificate and key, and the
 *     trusted authorities; required unless {@code plaintext}
 * @param maxConnectionAge how old connections to the gRPC server get, so that no revoked
 *     certificate lives for ever; 0s for no limit. Not used in {@code plaintext}
 * @param maxConnectionAgeGrace how long calls under way may take then
 */
@ConfigurationProperties("platform.security.transport")
public record TransportSecurityProperties(
    @DefaultValue("plaintext") TransportMode mode,
    @Nullable String bundle,
    @DefaultValue("30m") Duration maxConnectionAge,
    @DefaultValue("5m") Duration maxConnectionAgeGrace) {

  static final String PREFIX = "platform.security.transport";

  public TransportSecurityProperties {
    check(
        mode == TransportMode.PLAINTEXT || bundle != null,
        PREFIX + ".bundle",
        bundle,
        "the name of an SSL bundle under spring.ssl.bundle, for " + PREFIX + ".mode");
    check(
        maxConnectionAge.isZero() || maxConnectionAge.toMillis() >= 1000,
        PREFIX + ".max-connection-age",
        maxConnectionAge.toMillis() + "ms",
        "0s, or >= 1s");
    check(
        !maxConnectionAgeGrace.isNegative(),
        PREFIX + ".max-connection-age-grace",
        maxConnectionAgeGrace.toMillis() + "ms",
        ">= 0s");
  }
}
