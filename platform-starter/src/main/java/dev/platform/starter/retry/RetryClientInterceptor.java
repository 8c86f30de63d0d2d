package dev.platform.starter.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Tells callees whether a call would be made again, by this process or by one above it. */
final class RetryClientInterceptor implements ClientInterceptor {

  private static final int ONE_MORE = 2;

  private final RetryProperties properties;

  RetryClientInterceptor(RetryProperties properties) {
    this.properties = properties;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    boolean above = RetriedAbove.isSo();
    if (!above && !properties.isRetried(method)) {
      return next.newCall(method, options);
    }
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        RetriedAbove.tell(headers, above ? ONE_MORE : properties.maxAttempts());
        super.start(listener, headers);
      }
    };
  }
}
