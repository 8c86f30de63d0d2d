package dev.platform.core.identity;

import io.grpc.Context;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call: a workload, proved by its certificate, and the user on whose behalf it acts.
 * Each may be missing. Immutable; travels in gRPC's {@link Context}, with the work that has the
 * call's context.
 */
public final class CallerIdentity {

  private static final CallerIdentity ANONYMOUS = new CallerIdentity(null, null, null);
  private static final Context.Key<CallerIdentity> KEY =
      Context.keyWithDefault("dev.platform.caller-identity", ANONYMOUS);

  private final Optional<String> workload;
  private final Optional<User> user;
  private final Optional<String> token;
  // computed once it is needed; the same on all threads
  private @Nullable String subjectHash;

  private CallerIdentity(@Nullable String workload, @Nullable User user, @Nullable String token) {
    this.workload = Optional.ofNullable(workload);
    this.user = Optional.ofNullable(user);
    this.token = Optional.ofNullable(token);
  }

  /** A caller of whom nothing is proved. */
  public static CallerIdentity anonymous() {
    return ANONYMOUS;
  }

  /** A workload, for nobody else. */
  public static CallerIdentity of(@Nullable String workload) {
    return workload == null ? ANONYMOUS : new CallerIdentity(workload, null, null);
  }

  /** The caller of the call that this work belongs to; anonymous outside of calls. */
  public static CallerIdentity current() {
    return KEY.get();
  }

  /** The caller in this context. */
  public static CallerIdentity in(Context context) {
    return KEY.get(context);
  }

  /**
   * The same workload on behalf of a user.
   *
   * @param token what proved it, sent with the calls of the same request
   */
  public CallerIdentity onBehalfOf(User user, String token) {
    return new CallerIdentity(workload.orElse(null), user, token);
  }

  /** The same workload, on behalf of nobody: for work that outlives its call. */
  public CallerIdentity workloadOnly() {
    return user.isEmpty() ? this : of(workload.orElse(null));
  }

  /**
   * The same workload on behalf of a user who is known otherwise than by a token, such as by the
   * session of a browser: calls of the same request are sent without one.
   */
  public CallerIdentity onBehalfOf(User user) {
    return new CallerIdentity(workload.orElse(null), user, null);
  }

  /** The same user, on whose behalf this workload acts. */
  CallerIdentity actingAs(@Nullable String workload) {
    return new CallerIdentity(workload, user.orElse(null), token.orElse(null));
  }

  /** This context with this caller. */
  public Context attachedTo(Context context) {
    return context.withValue(KEY, this);
  }

  /** The calling process's workload; empty if it has not proved any. */
  public Optional<String> workload() {
    return workload;
  }

  /** The user; empty for calls that a workload makes for itself. */
  public Optional<User> user() {
    return user;
  }

  /** Stands for the user in logs and spans; null without one. See {@link User#subjectHash}. */
  @Nullable String subjectHash() {
    if (subjectHash == null && user.isPresent()) {
      subjectHash = user.get().subjectHash();
    }
    return subjectHash;
  }

  /** What proved the user: a secret, never to be logged. */
  Optional<String> token() {
    return token;
  }

  /** Without the token. */
  @Override
  public String toString() {
    String name = workload.orElse("anonymous");
    return user.isEmpty() ? name : name + " for a user";
  }
}
