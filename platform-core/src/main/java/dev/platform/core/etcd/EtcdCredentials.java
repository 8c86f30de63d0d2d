package dev.platform.core.etcd;

import dev.platform.core.concurrent.Backoff;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs in with user and password. The token is fetched when it is first needed and again after
 * etcd has refused it, which with JSON Web Tokens any change of users or roles causes. A refused
 * sign-in is repeated only after a back-off, since each costs etcd a password hash; until then
 * calls fail with its status. While etcd has authentication switched off, calls carry no token.
 * Thread-safe, never blocks.
 */
final class EtcdCredentials {

  private static final Logger log = LoggerFactory.getLogger(EtcdCredentials.class);
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

  /** Tokens that are refused sooner than this have not merely expired. */
  private static final long SHORTEST_LIFE_NANOS = 1_000_000_000L;

  private final String endpoints;
  private final Channel channel;
  private final AuthenticateRequest request;
  private final EtcdConnection connection;
  // guarded by this
  private final Backoff backoff;
  private final List<Use> waiting = new ArrayList<>();
  private @Nullable Token token;
  private @Nullable Status refusal;
  private long refusalEnds;
  private boolean signingIn;
  private long forgottenAt;
  private boolean authenticationIsOff;

  /**
   * Null where the settings name no user. {@code channel} must not use these credentials itself.
   */
  static @Nullable EtcdCredentials of(
      EtcdSettings settings, Channel channel, EtcdConnection connection, RandomGenerator random) {
    String username = settings.username();
    String password = settings.password();
    return username == null || password == null
        ? null
        : new EtcdCredentials(
            settings.endpoints().toString(), channel, username, password, connection, random);
  }

  private EtcdCredentials(
      String endpoints,
      Channel channel,
      String username,
      String password,
      EtcdConnection connection,
      RandomGenerator random) {
    this.endpoints = endpoints;
    this.channel = channel;
    this.request = AuthenticateRequest.newBuilder().setName(username).setPassword(password).build();
    this.connection = connection;
    this.backoff = new Backoff(MAX_BACKOFF, random);
    this.forgottenAt = connection.nanoTime() - SHORTEST_LIFE_NANOS;
  }

  /** For one call. */
  Use forCall() {
    return new Use();
  }

  private void provide(Use use) {
    boolean signIn = false;
    Token known;
    Status refused = null;
    synchronized (this) {
      known = token;
      if (known == null && refusal != null && connection.nanoTime() - refusalEnds < 0) {
        refused = refusal;
      } else if (known == null) {
        waiting.add(use);
        signIn = !signingIn;
        signingIn = true;
      }
    }
    if (known != null) {
      use.apply(known);
    } else if (refused != null) {
      use.fail(refused);
    } else if (signIn) {
      signIn();
    }
  }

  private void signIn() {
    connection.execute(
        () ->
            connection.hedge(
                () ->
                    AuthGrpc.newFutureStub(channel)
                        .withDeadline(connection.requestDeadline())
                        .authenticate(request),
                answer -> use(new Token(answer.getToken())),
                this::notSignedIn));
  }

  private void notSignedIn(Status status) {
    if (EtcdFailure.isAuthenticationOff(status)) {
      use(new Token(null));
    } else {
      signedIn(null, status).forEach(use -> use.fail(status));
    }
  }

  private void use(Token fresh) {
    signedIn(fresh, null).forEach(use -> use.apply(fresh));
  }

  private synchronized List<Use> signedIn(@Nullable Token fresh, @Nullable Status failure) {
    token = fresh;
    signingIn = false;
    if (fresh != null) {
      logChange(fresh.isNone());
    }
    if (failure != null && EtcdFailure.of(failure).kind().isRefusal()) {
      refusal = failure;
      refusalEnds = connection.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.nextMillis());
    } else {
      refusal = null;
      backoff.reset();
    }
    List<Use> uses = List.copyOf(waiting);
    waiting.clear();
    return uses;
  }

  private void logChange(boolean isOff) {
    if (isOff && !authenticationIsOff) {
      log.warn(
          "etcd at {} has authentication switched off: it lets everybody in, and requests do not"
              + " name the user {} (platform.etcd.username) until it is switched on",
          endpoints,
          request.getName());
    } else if (!isOff && authenticationIsOff) {
      log.info("etcd at {} requires a user now: signed in as {}", endpoints, request.getName());
    }
    authenticationIsOff = isOff;
  }

  private synchronized boolean forget(Token refused, String reason) {
    if (token != refused) {
      return true;
    }
    token = null;
    log.debug("etcd requires a new token, signing in again: {}", reason);
    long now = connection.nanoTime();
    boolean lasted = now - forgottenAt >= SHORTEST_LIFE_NANOS;
    boolean expired = refused.isNone() ? refused.accepted || lasted : refused.accepted && lasted;
    forgottenAt = now;
    return expired || EtcdFailure.isTokenOutdated(reason);
  }

  private synchronized boolean isCurrent(Token used) {
    return token == used;
  }

  /** The credentials of one call, with the token that it was sent with. */
  final class Use extends CallCredentials {

    private @Nullable MetadataApplier applier;
    private volatile @Nullable Token used;

    @Override
    public void applyRequestMetadata(
        RequestInfo info, Executor executor, MetadataApplier metadataApplier) {
      applier = metadataApplier;
      provide(this);
    }

    /** etcd has accepted the token. */
    void accepted() {
      if (used != null) {
        used.accepted = true;
      }
    }

    /**
     * etcd refused the token; true if that is no fault: it had been accepted before and has
     * expired, users or roles have changed, or authentication was switched on.
     */
    boolean refused(String reason) {
      Token token = used;
      return token != null && forget(token, reason);
    }

    /**
     * Whether there is, or soon will be, another token than the one that the call was sent with.
     */
    boolean isReplaced() {
      Token token = used;
      return token != null && !isCurrent(token);
    }

    /** Whether the token is only valid until users, roles or the need for them change. */
    boolean isBoundToRevision() {
      Token token = used;
      return token != null && (token.isJwt() || token.isNone());
    }

    /** Whether the call carries no token, since authentication was switched off. */
    boolean isAnonymous() {
      Token token = used;
      return token != null && token.isNone();
    }

    private void apply(Token known) {
      used = known;
      Metadata headers = new Metadata();
      if (known.value != null) {
        headers.put(TOKEN, known.value);
      }
      withApplier(a -> a.apply(headers));
    }

    private void fail(Status status) {
      withApplier(a -> a.fail(status));
    }

    private void withApplier(Consumer<MetadataApplier> action) {
      if (applier != null) {
        action.accept(applier);
      }
    }
  }

  private static final class Token {

    private final @Nullable String value;
    private volatile boolean accepted;

    /**
     * @param value null: none is needed
     */
    Token(@Nullable String value) {
      this.value = value;
    }

    boolean isNone() {
      return value == null;
    }

    boolean isJwt() {
      return value != null && value.chars().filter(c -> c == '.').count() == 2;
    }
  }
}
