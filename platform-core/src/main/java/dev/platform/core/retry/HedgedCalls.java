package dev.platform.core.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Keeps the budget of calls that may be hedged, and tells their callees that they may. A callee
 * that wants an attempt later gets none: gRPC would make it at once.
 */
final class HedgedCalls implements ClientInterceptor {

  private final HedgingBudget budget;
  private final AttemptHeaderInterceptor told;
  private final ClientStreamTracer.Factory hedges = new Hedges();

  HedgedCalls(HedgingBudget budget, int attempts) {
    this.budget = budget;
    this.told = new AttemptHeaderInterceptor(attempts);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(
        told.interceptCall(method, options.withStreamTracerFactory(hedges), next)) {

      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {

              @Override
              public void onClose(Status status, Metadata trailers) {
                if (status.isOk()) {
                  budget.answered();
                }
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }

  /** gRPC asks for a tracer of each attempt. */
  private final class Hedges extends ClientStreamTracer.Factory {

    private static final ClientStreamTracer OBEDIENT =
        new ClientStreamTracer() {

          @Override
          public void inboundTrailers(Metadata trailers) {
            if (trailers.containsKey(Pushback.HEADER)) {
              Pushback.forbid(trailers);
            }
          }
        };

    @Override
    public ClientStreamTracer newClientStreamTracer(StreamInfo attempt, Metadata headers) {
      if (attempt.isHedging()) {
        budget.hedged();
      }
      return OBEDIENT;
    }
  }
}
