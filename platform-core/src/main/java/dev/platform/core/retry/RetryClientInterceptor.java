package dev.platform.core.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Hands on, over whatever channel, that somebody above would make the call again. What this process
 * does itself is told where it is decided, in {@link AttemptsSelector}.
 */
public final class RetryClientInterceptor implements ClientInterceptor {

  private static final ClientInterceptor ONE_MORE = new AttemptHeaderInterceptor(2);

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return UpstreamRetry.isActive()
        ? ONE_MORE.interceptCall(method, options, next)
        : next.newCall(method, options);
  }
}
