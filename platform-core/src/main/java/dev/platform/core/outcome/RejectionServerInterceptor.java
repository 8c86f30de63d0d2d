package dev.platform.core.outcome;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Propagates a refusal: when a call fails because one of its own calls was refused, its caller gets
 * the same mark. Otherwise an open breaker in one service would open those of all upstream
 * services.
 */
public final class RejectionServerInterceptor implements ServerInterceptor {

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (!status.isOk()) {
              Rejection.causeOf(status.getCause()).ifPresent(reason -> reason.mark(trailers));
            }
            super.close(status, trailers);
          }
        },
        headers);
  }
}
