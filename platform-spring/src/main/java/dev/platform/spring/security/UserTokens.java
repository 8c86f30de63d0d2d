package dev.platform.spring.security;

import dev.platform.core.identity.TokenVerifier;
import java.util.Optional;

/**
 * How users' tokens are checked, for an application's other entrances, such as HTTP.
 *
 * @param verifier empty if they are not checked
 */
public record UserTokens(Optional<TokenVerifier> verifier) {}
