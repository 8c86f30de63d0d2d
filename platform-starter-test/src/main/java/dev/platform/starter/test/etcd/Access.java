package dev.platform.starter.test.etcd;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Users, their key permissions, and their tokens. Identifies the caller of every call; the services
 * check permissions where etcd does. Without users there is no authentication, and it can be
 * switched off. Thread-safe.
 */
final class Access implements ServerInterceptor {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Caller> CALLER = Context.key("etcd-caller");

  private final Map<String, User> users = new ConcurrentHashMap<>();
  private final Map<String, String> namesByToken = new ConcurrentHashMap<>();
  private volatile boolean switchedOff;

  /** Adds or replaces a user; its tokens stay valid. */
  void user(String name, String password, List<String> prefixes) {
    List<KeyRange> ranges =
        prefixes.stream().map(ByteString::copyFromUtf8).map(KeyRange::prefix).toList();
    users.put(name, new User(password, ranges));
  }

  /** The same users, without tokens. */
  Access copy() {
    Access copy = new Access();
    copy.users.putAll(users);
    copy.switchedOff = switchedOff;
    return copy;
  }

  /** Changes a user's key permissions. */
  void permit(String name, List<String> prefixes) {
    User user = users.get(name);
    if (user == null) {
      throw new IllegalArgumentException(
          "user: " + name + " (expected: one of " + users.keySet() + ")");
    }
    user(name, user.password, prefixes);
  }

  /** Whether users are asked for, if there are any; switching off ends all tokens. */
  void require(boolean users) {
    switchedOff = !users;
    if (!users) {
      forgetTokens();
    }
  }

  void forgetTokens() {
    namesByToken.clear();
  }

  String login(String name, String password) {
    if (isOff()) {
      throw EtcdError.AUTH_NOT_ENABLED.failure();
    }
    User user = users.get(name);
    if (user == null || !user.password.equals(password)) {
      throw EtcdError.AUTH_FAILED.failure();
    }
    String token = UUID.randomUUID().toString();
    namesByToken.put(token, name);
    return token;
  }

  private boolean isOff() {
    return switchedOff || users.isEmpty();
  }

  /** For calls that touch keys, or that need a login, if there are none. */
  static void require(KeyRange... ranges) {
    require(List.of(ranges));
  }

  /** For calls that touch keys. */
  static void require(List<KeyRange> ranges) {
    caller().refusal(ranges).ifPresent(Access::refuse);
  }

  /** For calls that need no permission, but no invalid token either. */
  static void refuseBadToken() {
    caller()
        .refusal(List.of())
        .filter(error -> error == EtcdError.INVALID_AUTH_TOKEN)
        .ifPresent(Access::refuse);
  }

  /** The caller of the current call. */
  static Caller caller() {
    return CALLER.get();
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    Caller caller = new Caller(this, headers.get(TOKEN));
    return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
  }

  private static void refuse(EtcdError error) {
    throw error.failure();
  }

  /** The caller of a call. */
  record Caller(Access access, @Nullable String token) {

    /** Why the caller may not access these keys now; empty if it may. */
    Optional<EtcdError> refusal(List<KeyRange> ranges) {
      if (access.isOff() && (token == null || user(token) != null)) {
        return Optional.empty();
      }
      if (token == null) {
        return Optional.of(EtcdError.USER_EMPTY);
      }
      User user = user(token);
      if (user == null) {
        return Optional.of(EtcdError.INVALID_AUTH_TOKEN);
      }
      return ranges.stream().allMatch(user::mayAccess)
          ? Optional.empty()
          : Optional.of(EtcdError.PERMISSION_DENIED);
    }

    private @Nullable User user(String known) {
      String name = access.namesByToken.get(known);
      return name == null ? null : access.users.get(name);
    }
  }

  private record User(String password, List<KeyRange> ranges) {

    boolean mayAccess(KeyRange range) {
      return ranges.stream().anyMatch(own -> own.covers(range));
    }
  }
}
