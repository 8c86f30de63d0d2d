package dev.platform.core.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/** Tells the callees of calls that are retried so, and ends them when there is no time to wait. */
final class RetriedCalls implements ClientInterceptor {

  private final AttemptHeaderInterceptor told;

  RetriedCalls(int attempts) {
    this.told = new AttemptHeaderInterceptor(attempts);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return told.interceptCall(method, Pushback.within(options), next);
  }
}
