package dev.platform.core.etcd;

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
import io.grpc.Status;
import io.grpc.Status.Code;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds credentials to every call, requires a leader for watches, and reports the outcome of each
 * call.
 */
final class EtcdCallInterceptor implements ClientInterceptor {

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
    EtcdCredentials.Use login = credentials == null ? null : credentials.forCall();
    CallOptions with = login == null ? options : options.withCallCredentials(login);
    return new SimpleForwardingClientCall<>(next.newCall(method, with)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if ("Watch".equals(method.getBareMethodName())) {
          headers.put(HAS_LEADER, "true");
        }
        super.start(new Reporting<>(method, listener, login), headers);
      }
    };
  }

  private final class Reporting<A> extends SimpleForwardingClientCallListener<A> {

    private final boolean needsLogin;
    private final EtcdCredentials.@Nullable Use login;

    Reporting(
        MethodDescriptor<?, A> method,
        ClientCall.Listener<A> listener,
        EtcdCredentials.@Nullable Use login) {
      super(listener);
      this.needsLogin = KVGrpc.SERVICE_NAME.equals(method.getServiceName());
      this.login = login;
    }

    @Override
    public void onMessage(A message) {
      availability.succeeded();
      if (needsLogin && login != null) {
        login.accepted();
      }
      if (message instanceof WatchResponse answer && answer.getCanceled()) {
        refused(answer.getCancelReason());
      }
      super.onMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      boolean tokenRanOut =
          status.getCode() == Code.UNAUTHENTICATED && login != null && login.refused();
      if (!tokenRanOut && !ANSWERS.contains(status.getCode())) {
        availability.failed(status);
      }
      super.onClose(status, trailers);
    }

    /** A watch is refused by an answer on its stream, which stays open for other watches. */
    private void refused(String reason) {
      EtcdFailure refusal = EtcdFailure.refusal(reason);
      boolean tokenRanOut = EtcdFailure.isTokenRefused(reason) && login != null && login.refused();
      if (refusal != null && !tokenRanOut) {
        availability.failed(refusal);
      }
    }
  }
}
