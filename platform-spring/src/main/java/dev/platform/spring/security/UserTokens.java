package dev.platform.spring.security;

import dev.platform.core.identity.TokenVerifier;
import java.util.Optional;

/** How users' tokens are checked; empty if they are not. */
record UserTokens(Optional<TokenVerifier> verifier) {}
