package dev.platform.spring.security;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.identity.AuthenticationSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Users, by the bearer token of a call, which Spring Security's {@code JwtDecoder} checks.
 *
 * @param enabled whether tokens are checked; by default if there is a bean of type {@code
 *     JwtDecoder} or {@code TokenVerifier}
 * @param audiences a token must be for one of these; any if there are none
 * @param clockSkew how far the clocks of issuer and server may differ, 0s to 5m. The decoder has a
 *     check of its own, which is not loosened
 * @param rolesClaim the claim with the user's roles, a list or a text with spaces; dots lead into
 *     nested claims
 * @param maxTokenSize larger tokens are refused, 256B to 1MB. gRPC's servers accept 8 KB of headers
 *     in all
 * @param cacheSize how many checked tokens are remembered, for a minute at most; 0 for none
 * @param propagate whether the token is sent with the calls that are made for the same request
 * @param maxFailuresPerSecond how many tokens of one address may be refused in a second, until
 *     further ones are refused without a check
 */
@ConfigurationProperties(UserProperties.PREFIX)
public record UserProperties(
    @Nullable Boolean enabled,
    @DefaultValue List<String> audiences,
    @DefaultValue("60s") Duration clockSkew,
    @DefaultValue("roles") String rolesClaim,
    @DefaultValue("8KB") DataSize maxTokenSize,
    @DefaultValue("10000") int cacheSize,
    @DefaultValue("true") boolean propagate,
    @DefaultValue("20") int maxFailuresPerSecond) {

  static final String PREFIX = "platform.security.user";
  private static final Duration MAX_SKEW = Duration.ofMinutes(5);

  public UserProperties {
    audiences = List.copyOf(audiences);
    check(
        audiences.stream().noneMatch(String::isBlank),
        PREFIX + ".audiences",
        audiences,
        "names of audiences, none of them empty");
    check(
        !clockSkew.isNegative() && clockSkew.compareTo(MAX_SKEW) <= 0,
        PREFIX + ".clock-skew",
        clockSkew.toSeconds() + "s",
        "0s to 5m");
    check(!rolesClaim.isBlank(), PREFIX + ".roles-claim", "(empty)", "the name of a claim");
    AuthenticationSettings.checkTokens(bytes(maxTokenSize), cacheSize, maxFailuresPerSecond);
  }

  int maxTokenBytes() {
    return bytes(maxTokenSize);
  }

  private static int bytes(DataSize size) {
    return (int) Math.min(Integer.MAX_VALUE, size.toBytes());
  }
}
