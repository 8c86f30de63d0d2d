package dev.platform.core.retry;

import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Marks the work for a call whose caller will retry it. Thread-safe, never blocks. */
public final class RetryServerInterceptor implements ServerInterceptor {

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return UpstreamRetry.isActive(headers)
        ? Contexts.interceptCall(UpstreamRetry.context(), call, headers, next)
        : next.startCall(call, headers);
  }
}
