package dev.platform.starter.resilience;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends calls through the circuit breaker of the called service. An open breaker answers
 * UNAVAILABLE without touching the network, with {@link CallNotPermittedException} as the status'
 * cause. A call counts once, by its end; a cancelled one gives its permission back.
 */
final class CircuitBreakerClientInterceptor implements ClientInterceptor {

  private final CircuitBreakerRegistry breakers;

  CircuitBreakerClientInterceptor(CircuitBreakerRegistry breakers) {
    this.breakers = breakers;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CircuitBreaker breaker = breakers.circuitBreaker(next.authority());
    return new CheckedForwardingClientCall<>(next.newCall(method, options)) {

      @Override
      protected void checkedStart(Listener<A> listener, Metadata headers) throws StatusException {
        if (!breaker.tryAcquirePermission()) {
          throw Status.UNAVAILABLE
              .withDescription("circuit breaker is open: " + breaker.getName())
              .withCause(CallNotPermittedException.createCallNotPermittedException(breaker))
              .asException();
        }
        delegate().start(new Counting<>(listener, breaker), headers);
      }
    };
  }

  private static final class Counting<A> extends SimpleForwardingClientCallListener<A> {

    private final CircuitBreaker breaker;
    private final long startedAt;
    private final AtomicBoolean counted = new AtomicBoolean();

    Counting(ClientCall.Listener<A> listener, CircuitBreaker breaker) {
      super(listener);
      this.breaker = breaker;
      this.startedAt = breaker.getCurrentTimestamp();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (counted.compareAndSet(false, true)) {
        count(status);
      }
      super.onClose(status, trailers);
    }

    private void count(Status status) {
      if (status.getCode() == Code.CANCELLED) {
        breaker.releasePermission();
        return;
      }
      long elapsed = breaker.getCurrentTimestamp() - startedAt;
      TimeUnit unit = breaker.getTimestampUnit();
      if (CalleeFailures.isFailure(status)) {
        breaker.onError(elapsed, unit, status.asRuntimeException());
      } else {
        breaker.onSuccess(elapsed, unit);
      }
    }
  }
}
