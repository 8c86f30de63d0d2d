package dev.platform.starter.resilience;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Attributes;
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
 * cause. A call counts once, by its end; a cancelled one gives its permission back. All calls that
 * end because one connection breaks count as one failure: with an instance that dies, only that
 * instance is gone.
 */
final class CircuitBreakerClientInterceptor implements ClientInterceptor {

  private final CircuitBreakerRegistry breakers;
  private final BrokenConnections broken = new BrokenConnections();

  CircuitBreakerClientInterceptor(CircuitBreakerRegistry breakers) {
    this.breakers = breakers;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    CircuitBreaker breaker = breakers.circuitBreaker(next.authority());
    LastConnection connection = new LastConnection();
    CallOptions traced = options.withStreamTracerFactory(connection);
    return new CheckedForwardingClientCall<>(next.newCall(method, traced)) {

      @Override
      protected void checkedStart(Listener<A> listener, Metadata headers) throws StatusException {
        if (!breaker.tryAcquirePermission()) {
          throw Status.UNAVAILABLE
              .withDescription("circuit breaker is open: " + breaker.getName())
              .withCause(CallNotPermittedException.createCallNotPermittedException(breaker))
              .asException();
        }
        delegate().start(new Counting<>(listener, breaker, connection, broken), headers);
      }
    };
  }

  private static final class Counting<A> extends SimpleForwardingClientCallListener<A> {

    private final CircuitBreaker breaker;
    private final LastConnection connection;
    private final BrokenConnections broken;
    private final long startedAt;
    private final AtomicBoolean counted = new AtomicBoolean();

    Counting(
        ClientCall.Listener<A> listener,
        CircuitBreaker breaker,
        LastConnection connection,
        BrokenConnections broken) {
      super(listener);
      this.breaker = breaker;
      this.connection = connection;
      this.broken = broken;
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
      if (status.getCode() == Code.CANCELLED || isToldAlready(status)) {
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

    private boolean isToldAlready(Status status) {
      Attributes lost = status.getCode() == Code.UNAVAILABLE ? connection.ifUnanswered() : null;
      return lost != null && !broken.add(lost);
    }
  }
}
