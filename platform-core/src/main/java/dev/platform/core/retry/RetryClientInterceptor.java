package dev.platform.core.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Passes on, over any channel, that an upstream caller will retry. For the retries of this process
 * {@link RepeatedCalls} sends the header. Thread-safe, never blocks.
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
