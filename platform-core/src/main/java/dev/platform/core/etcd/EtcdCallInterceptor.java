package dev.platform.core.etcd;

import dev.platform.core.etcd.EtcdFailure.Kind;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds credentials to every call, repeats a request once whose token was refused, requires a leader
 * for watches, and reports the outcome of each call.
 */
final class EtcdCallInterceptor implements ClientInterceptor {

  /** Whether the user may not be permitted to make the call. */
  static final CallOptions.Key<Boolean> OPTIONAL =
      CallOptions.Key.createWithDefault("optional", false);

  /** A member that lost its quorum ends streams that carry this. */
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * Codes that do not concern etcd's health: our own cancellation, or answers about the request.
   */
  private static final Set<Code> ANSWERS =
      EnumSet.of(
          Code.OK, Code.CANCELLED, Code.NOT_FOUND, Code.OUT_OF_RANGE, Code.FAILED_PRECONDITION);

  private final EtcdAvailability availability;
  private final @Nullable EtcdCredentials credentials;

  EtcdCallInterceptor(EtcdAvailability availability, @Nullable EtcdCredentials credentials) {
    this.availability = availability;
    this.credentials = credentials;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return credentials != null && method.getType() == MethodType.UNARY
        ? new SignedInCall<>(() -> newCall(method, options, next))
        : newCall(method, options, next);
  }

  private <Q, A> ClientCall<Q, A> newCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    EtcdCredentials.Use login = credentials == null ? null : credentials.forCall();
    CallOptions with = login == null ? options : options.withCallCredentials(login);
    return new SimpleForwardingClientCall<>(next.newCall(method, with)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if ("Watch".equals(method.getBareMethodName())) {
          headers.put(HAS_LEADER, "true");
        }
        super.start(new Reporting<>(method, options.getOption(OPTIONAL), listener, login), headers);
      }
    };
  }

  private final class Reporting<A> extends SimpleForwardingClientCallListener<A> {

    private final boolean needsLogin;
    private final boolean optional;
    private final EtcdCredentials.@Nullable Use login;

    Reporting(
        MethodDescriptor<?, A> method,
        boolean optional,
        ClientCall.Listener<A> listener,
        EtcdCredentials.@Nullable Use login) {
      super(listener);
      this.optional = optional;
      this.needsLogin = KVGrpc.SERVICE_NAME.equals(method.getServiceName());
      this.login = login;
    }

    @Override
    public void onMessage(A message) {
      availability.succeeded();
      if (needsLogin && login != null) {
        login.accepted();
      }
      super.onMessage(
          message instanceof WatchResponse answer && answer.getCanceled()
              ? refused(message, answer)
              : message);
    }

    @Override
    public void onClose(Status closed, Metadata trailers) {
      Status status = EtcdFailure.withCode(closed);
      String description = String.valueOf(status.getDescription());
      boolean tokenRanOut =
          (status.getCode() == Code.UNAUTHENTICATED || isAboutToken(description))
              && login != null
              && login.refused(description);
      if (!tokenRanOut
          && !(optional && EtcdConnection.isNotPermitted(status))
          && !EtcdFailure.isTooLarge(status)
          && !ANSWERS.contains(status.getCode())) {
        availability.failed(status);
      }
      super.onClose(status, trailers);
    }

    /** A watch is refused by an answer on its stream, which stays open for other watches. */
    private A refused(A message, WatchResponse answer) {
      String reason = answer.getCancelReason();
      EtcdFailure refusal = EtcdFailure.refusal(reason);
      if (refusal == null) {
        return message;
      }
      if (refusal.kind() == Kind.PERMISSION && login != null && login.isBoundToRevision()) {
        // What etcd 3.4 and 3.5 say for an outdated or missing token. If it is true, the list of
        // the same keys
        // is refused, too, and reported.
        return login.isReplaced() ? saysTokenIsOutdated(answer) : message;
      }
      boolean tokenRanOut = isAboutToken(reason) && login != null && login.refused(reason);
      if (!tokenRanOut) {
        availability.failed(refusal);
      }
      return login != null && login.isAnonymous() ? saysTokenIsOutdated(answer) : message;
    }

    private boolean isAboutToken(String reason) {
      return EtcdFailure.isTokenRefused(reason)
          || (login != null && login.isAnonymous() && EtcdFailure.isUserMissing(reason));
    }

    @SuppressWarnings("unchecked") // of a watch, A is WatchResponse
    private A saysTokenIsOutdated(WatchResponse answer) {
      return (A) answer.toBuilder().setCancelReason(EtcdFailure.TOKEN_OUTDATED).build();
    }
  }
}
