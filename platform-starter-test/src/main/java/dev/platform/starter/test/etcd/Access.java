package dev.platform.starter.test.etcd;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Users and the tokens that they got in this run. Judges the token of every call; the services ask
 * for the verdict where etcd does. Without users everybody is welcome. Thread-safe.
 */
final class Access implements ServerInterceptor {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<EtcdError> REFUSAL = Context.key("etcd-refusal");

  private final Map<String, String> passwords;
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();

  Access(Map<String, String> passwords) {
    this.passwords = Map.copyOf(passwords);
  }

  String login(String user, String password) {
    if (passwords.isEmpty()) {
      throw EtcdError.AUTH_NOT_ENABLED.failure();
    }
    if (!password.equals(passwords.get(user))) {
      throw EtcdError.AUTH_FAILED.failure();
    }
    String token = UUID.randomUUID().toString();
    tokens.add(token);
    return token;
  }

  /** For calls that touch keys. */
  static void requireUser() {
    refusal().ifPresent(Access::refuse);
  }

  /** For calls that are open to all, but not to those with a token from elsewhere. */
  static void refuseBadToken() {
    refusal().filter(error -> error == EtcdError.INVALID_AUTH_TOKEN).ifPresent(Access::refuse);
  }

  static Optional<EtcdError> refusal() {
    return Optional.ofNullable(REFUSAL.get());
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    EtcdError refusal = judge(headers.get(TOKEN));
    return refusal == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(
            Context.current().withValue(REFUSAL, refusal), call, headers, next);
  }

  private @Nullable EtcdError judge(@Nullable String token) {
    if (passwords.isEmpty()) {
      return null;
    }
    if (token == null) {
      return EtcdError.USER_EMPTY;
    }
    return tokens.contains(token) ? null : EtcdError.INVALID_AUTH_TOKEN;
  }

  private static void refuse(EtcdError error) {
    throw error.failure();
  }
}
