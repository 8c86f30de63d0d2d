package dev.platform.core.identity;

import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.outcome.Rejection;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.Iterator;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The user of a call, by the bearer token in its header {@code authorization}. Thread-safe. */
final class UserAuthentication {

  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger log = LoggerFactory.getLogger(UserAuthentication.class);
  private static final String SCHEME = "bearer";

  /** RFC 6750, section 2.1. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final TokenVerifier verifier;
  private final int maxTokenSize;
  private final boolean tokensWithoutTls;
  private final VerifiedTokens verified;
  private final FailedPeers failed;
  private final AuthenticationMeters meters;
  private volatile boolean ignoredOne;

  UserAuthentication(
      TokenVerifier verifier,
      AuthenticationSettings settings,
      AuthenticationMeters meters,
      Clock clock,
      LongSupplier nanoTime) {
    this.verifier = verifier;
    this.maxTokenSize = settings.maxTokenSize();
    this.tokensWithoutTls = settings.tokensWithoutTls();
    this.verified = new VerifiedTokens(settings.cacheSize(), clock, nanoTime);
    this.failed = new FailedPeers(settings.maxFailuresPerSecond(), nanoTime);
    this.meters = meters;
  }

  /** Where a call comes from. */
  enum Origin {
    /** This process. */
    PROCESS,
    /** A connection with TLS. */
    TLS,
    /** A connection without TLS. */
    PLAINTEXT
  }

  /** A call is refused; says what its caller gets and what the audit log has. */
  static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Status status;
    private final String reason;

    RefusedException(Status status, String reason) {
      super(reason, null, false, false);
      this.status = status;
      this.reason = reason;
    }

    StatusException status() {
      return status.asException(Rejection.AUTHENTICATION.trailers());
    }

    String reason() {
      return reason;
    }
  }

  /**
   * The workload on behalf of the user; only the workload if the call has no token.
   *
   * @throws RefusedException if it has a token that proves no user, or several
   */
  CallerIdentity of(
      CallerIdentity workload, Metadata headers, Origin origin, @Nullable SocketAddress peer)
      throws RefusedException {
    Iterable<String> values = headers.getAll(AUTHORIZATION);
    if (values == null) {
      return workload;
    }
    Iterator<String> all = values.iterator();
    String first = all.next();
    if (origin == Origin.PLAINTEXT && !tokensWithoutTls) {
      ignore();
      return workload;
    }
    if (all.hasNext()) {
      throw failed(
          origin, peer, "more than one authorization header", "several-authorization-headers");
    }
    return isBearer(first) ? byToken(workload, first, origin, peer) : workload;
  }

  private CallerIdentity byToken(
      CallerIdentity workload, String authorization, Origin origin, @Nullable SocketAddress peer)
      throws RefusedException {
    CallerIdentity known = verified.find(authorization, workload);
    if (known != null) {
      meters.userAccepted.increment();
      return known;
    }
    String token = token(authorization);
    if (token.length() > maxTokenSize) {
      throw failed(
          origin, peer, "the token has more than %d bytes".formatted(maxTokenSize), "token-size");
    }
    checkLimit(origin, peer);
    if (!TOKEN.matcher(token).matches()) {
      throw failed(origin, peer, Reason.MALFORMED.text(), Reason.MALFORMED.id());
    }
    User user = verify(token, origin, peer);
    meters.userAccepted.increment();
    CallerIdentity caller = workload.onBehalfOf(user, token);
    // Not with more white space: a user could make any number of headers of it.
    if (authorization.length() == SCHEME.length() + 1 + token.length()) {
      verified.add(authorization, caller, user);
    }
    return caller;
  }

  private User verify(String token, Origin origin, @Nullable SocketAddress peer)
      throws RefusedException {
    try {
      return verifier.verify(token);
    } catch (InvalidTokenException e) {
      if (e.reason() == Reason.UNAVAILABLE) {
        log.debug("A token can't be checked", e);
        throw unchecked();
      }
      log.debug("A token is refused", e);
      throw failed(origin, peer, e.reason().text(), e.reason().id());
    } catch (RuntimeException e) {
      log.warn("A token can't be checked: the verifier failed", e);
      throw unchecked();
    }
  }

  private RefusedException unchecked() {
    meters.userUnchecked.increment();
    return new RefusedException(
        Status.UNAVAILABLE.withDescription("authentication failed: " + Reason.UNAVAILABLE.text()),
        Reason.UNAVAILABLE.id());
  }

  /** Of this process's own calls none: whoever made them has to limit its callers. */
  private void checkLimit(Origin origin, @Nullable SocketAddress peer) throws RefusedException {
    if (origin != Origin.PROCESS && failed.isLimited(peer)) {
      meters.userLimited.increment();
      throw new RefusedException(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "authentication failed: too many tokens of this address were refused"),
          "too-many-failures");
    }
  }

  private RefusedException failed(
      Origin origin, @Nullable SocketAddress peer, String text, String reason)
      throws RefusedException {
    checkLimit(origin, peer);
    if (origin != Origin.PROCESS) {
      failed.failed(peer);
    }
    meters.userInvalid.increment();
    return new RefusedException(
        Status.UNAUTHENTICATED.withDescription("authentication failed: " + text), reason);
  }

  private void ignore() {
    meters.userIgnored.increment();
    if (!ignoredOne) {
      ignoredOne = true;
      log.warn(
          "A call sent an authorization header without TLS; it is ignored, and so are further"
              + " ones (platform.security.transport.mode)");
    }
  }

  private static boolean isBearer(String value) {
    return value.length() > SCHEME.length()
        && value.charAt(SCHEME.length()) == ' '
        && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  private static String token(String value) {
    return value.substring(SCHEME.length() + 1).strip();
  }

  int remembered() {
    return verified.size();
  }
}
