package dev.platform.order.session;

import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.InvalidTokenException;
import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.User;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Users by the tokens of OpenID Connect. Thread-safe; blocks while the issuer's keys are read. */
final class BearerTokens {

  /** RFC 6750, section 2.1. */
  private static final Pattern BEARER =
      Pattern.compile("Bearer +([A-Za-z0-9\\-._~+/]+=*)", Pattern.CASE_INSENSITIVE);

  private static final int MAX_HEADER = 8 * 1024;

  private final TokenVerifier verifier;

  BearerTokens(TokenVerifier verifier) {
    this.verifier = verifier;
  }

  /**
   * Whom the only {@code Authorization} header proves.
   *
   * @throws StatusRuntimeException UNAUTHENTICATED if it proves nobody; UNAVAILABLE if that can't
   *     be checked now
   */
  CallerIdentity caller(List<String> authorization) {
    if (authorization.size() != 1 || authorization.get(0).length() > MAX_HEADER) {
      throw refusal("one bearer token, of at most 8 KB");
    }
    Matcher header = BEARER.matcher(authorization.get(0).strip());
    if (!header.matches()) {
      throw refusal("a bearer token");
    }
    String token = header.group(1);
    return CallerIdentity.anonymous().onBehalfOf(user(token), token);
  }

  /** The user whom this token proves; throws as {@link #caller}. */
  User user(String token) {
    try {
      return verifier.verify(token);
    } catch (InvalidTokenException e) {
      if (e.reason() == Reason.UNAVAILABLE) {
        throw Status.UNAVAILABLE
            .withDescription("tokens can't be checked at the moment")
            .withCause(e)
            .asRuntimeException();
      }
      throw refusal(e.reason().text());
    }
  }

  private static StatusRuntimeException refusal(String why) {
    return Status.UNAUTHENTICATED
        .withDescription("authentication required: " + why)
        .asRuntimeException();
  }
}
