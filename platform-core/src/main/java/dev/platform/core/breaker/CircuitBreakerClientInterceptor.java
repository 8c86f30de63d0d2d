package dev.platform.core.breaker;

import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.telemetry.CallSpan;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends calls through the circuit breaker of the called service. An open breaker answers
 * UNAVAILABLE without touching the network, with {@link CallNotPermittedException} as the status'
 * cause. A call counts once, by its end; one that says nothing about the callee gives its
 * permission back. So does one whose time was over before it began, which is never sent. A stream
 * that probes a half-open breaker counts by the first thing that comes back: it may go on for days,
 * and there are few probes. A stream is never slow, and a call takes as long as its last attempt:
 * what one instance hung on says nothing about the service once another has answered. All calls
 * that end because one connection breaks count as one failure: with an instance that dies, only
 * that instance is gone.
 */
public final class CircuitBreakerClientInterceptor implements ClientInterceptor {

  private final ServiceBreakers callees;
  private final OutcomeClassifier outcomes;
  private final BrokenConnections broken = new BrokenConnections();

  public CircuitBreakerClientInterceptor(ServiceBreakers callees, OutcomeClassifier outcomes) {
    this.callees = callees;
    this.outcomes = outcomes;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    String name = callees.name(next.authority(), method);
    if (EnclosingBreakers.contains(name)) {
      return next.newCall(method, options);
    }
    ServiceBreaker callee = callees.get(name);
    LastAttempt attempt = new LastAttempt(callee.breaker()::getCurrentTimestamp);
    CallOptions traced = options.withStreamTracerFactory(attempt);
    return new CheckedForwardingClientCall<>(next.newCall(method, traced)) {

      @Override
      protected void checkedStart(Listener<A> listener, Metadata headers) throws StatusException {
        if (isOver(options)) {
          delegate().start(listener, headers);
          return;
        }
        if (!callee.tryAcquire(CallSpan.of(options))) {
          throw callee.refusal();
        }
        boolean unary = method.getType() == MethodType.UNARY;
        Counting<A> counting = new Counting<>(listener, callee, attempt, options, unary);
        try {
          delegate().start(counting, headers);
        } catch (RuntimeException e) {
          // It was cancelled before: nobody will hear of its end.
          counting.forget();
          throw e;
        }
      }
    };
  }

  /** Whether gRPC will end the call with DEADLINE_EXCEEDED or CANCELLED and send nothing. */
  private static boolean isOver(CallOptions options) {
    Deadline deadline = options.getDeadline();
    Context context = Context.current();
    Deadline caller = context.getDeadline();
    return context.isCancelled()
        || (deadline != null && deadline.isExpired())
        || (caller != null && caller.isExpired());
  }

  private final class Counting<A> extends SimpleForwardingClientCallListener<A> {

    private final ServiceBreaker callee;
    private final LastAttempt attempt;
    private final CallOptions options;
    private final boolean unary;
    private final boolean probingStream;
    private final long startedAt;
    private final AtomicBoolean counted = new AtomicBoolean();

    Counting(
        ClientCall.Listener<A> listener,
        ServiceBreaker callee,
        LastAttempt attempt,
        CallOptions options,
        boolean unary) {
      super(listener);
      this.callee = callee;
      this.attempt = attempt;
      this.options = options;
      this.unary = unary;
      this.probingStream = !unary && callee.breaker().getState() == State.HALF_OPEN;
      this.startedAt = callee.breaker().getCurrentTimestamp();
    }

    @Override
    public void onHeaders(Metadata headers) {
      if (probingStream && counted.compareAndSet(false, true)) {
        count(CallOutcome.SUCCESS, 0, Status.OK);
      }
      super.onHeaders(headers);
    }

    void forget() {
      if (counted.compareAndSet(false, true)) {
        callee.release();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (counted.compareAndSet(false, true)) {
        count(status, trailers);
      }
      super.onClose(status, trailers);
    }

    private void count(Status status, Metadata trailers) {
      CallOutcome outcome =
          isToldAlready(status) ? CallOutcome.IGNORED : outcomes.classify(status, trailers);
      long elapsed = unary ? callee.breaker().getCurrentTimestamp() - attempt.begunAt() : 0;
      count(outcome, elapsed, status);
    }

    private void count(CallOutcome outcome, long elapsed, Status status) {
      callee.ended(outcome, startedAt, elapsed, status, CallSpan.of(options));
    }

    private boolean isToldAlready(Status status) {
      Attributes lost =
          status.getCode() == Code.UNAVAILABLE ? attempt.connectionIfUnanswered() : null;
      return lost != null && !broken.add(lost);
    }
  }
}
