package dev.platform.core.breaker;

import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;
import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.call.ClientNameInterceptor;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.NoInstanceException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Sends client calls through the circuit breaker of the called service. An open breaker answers
 * UNAVAILABLE without using the network; the status' cause is a {@link CallNotPermittedException}.
 *
 * <ul>
 *   <li>A call counts once, by its end. If it says nothing about the callee, or its deadline has
 *       passed before it is sent, it returns its permission.
 *   <li>A unary call takes as long as its last attempt: an instance that hung says nothing about a
 *       service of which another instance answered. A stream is never slow.
 *   <li>A stream that probes a half-open breaker succeeds with its first response headers: it may
 *       last for days, and there are few probes.
 *   <li>An open breaker lets a call through from time to time, as a probe that is not counted.
 *   <li>All calls that end because one connection breaks count as one failure.
 *   <li>A call that was sent to nobody, since no instance is known, says nothing about the callee.
 * </ul>
 *
 * <p>Needs a {@link dev.platform.core.call.CallRecorder} outside. Thread-safe, never blocks.
 */
public final class CircuitBreakerClientInterceptor implements ClientInterceptor {

  private final ServiceBreakers callees;
  private final BrokenConnections broken = new BrokenConnections();

  public CircuitBreakerClientInterceptor(ServiceBreakers callees) {
    this.callees = callees;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    String name = callees.name(ClientNameInterceptor.of(options, next), method);
    if (EnclosingBreakers.contains(name)) {
      return next.newCall(method, options);
    }
    ServiceBreaker callee = callees.get(name);
    ClientCallRecord call = ClientCallRecord.of(options);
    return new CheckedForwardingClientCall<>(next.newCall(method, options)) {

      @Override
      protected void checkedStart(Listener<A> listener, Metadata headers) throws StatusException {
        if (isOver(call)) {
          delegate().start(listener, headers);
          return;
        }
        boolean unary = method.getType() == MethodType.UNARY;
        if (callee.tryProbe(call.span())) {
          call.listen(new Probe(callee, unary));
          delegate().start(listener, headers);
          return;
        }
        if (!callee.tryAcquire(call.span())) {
          throw callee.refusal();
        }
        Permission permission = new Permission(callee, unary);
        call.listen(permission);
        try {
          delegate().start(listener, headers);
        } catch (RuntimeException e) {
          // The call was cancelled before its start. It is unknown how it would have ended.
          permission.release();
          throw e;
        }
      }
    };
  }

  /** Whether gRPC will end the call with DEADLINE_EXCEEDED or CANCELLED and send nothing. */
  private static boolean isOver(ClientCallRecord call) {
    return call.isExpired() || Context.current().isCancelled();
  }

  /** Whether no attempt of the call was sent, since there was nobody to send it to. */
  private static boolean hadNoInstance(ClientCallRecord call) {
    return call.status().getCause() instanceof NoInstanceException && lastSent(call) == null;
  }

  private static @Nullable AttemptRecord lastSent(ClientCallRecord call) {
    AttemptRecord attempt = call.lastAttempt();
    while (attempt != null && attempt.connection() == null) {
      attempt = attempt.previous();
    }
    return attempt;
  }

  /** A call through an open breaker. A stream has succeeded with its first response headers. */
  private static final class Probe implements CallListener {

    private final ServiceBreaker callee;
    private final boolean unary;

    Probe(ServiceBreaker callee, boolean unary) {
      this.callee = callee;
      this.unary = unary;
    }

    @Override
    public void callAnswered(ClientCallRecord call) {
      if (!unary) {
        callee.probed(CallOutcome.SUCCESS, call.span(), 0);
      }
    }

    @Override
    public void callEnded(ClientCallRecord call) {
      callee.probed(
          hadNoInstance(call) ? CallOutcome.IGNORED : call.outcome(),
          call.span(),
          unary ? call.endedAt() - call.startedAt() : 0);
    }
  }

  /** The breaker's permission for one call, which is used or returned once. */
  private final class Permission implements CallListener {

    private final ServiceBreaker callee;
    private final boolean unary;
    private final boolean probingStream;
    // the call's events and its start are never concurrent
    private boolean used;

    Permission(ServiceBreaker callee, boolean unary) {
      this.callee = callee;
      this.unary = unary;
      this.probingStream = !unary && callee.breaker().getState() == State.HALF_OPEN;
    }

    void release() {
      if (!used) {
        used = true;
        callee.release();
      }
    }

    @Override
    public void callAnswered(ClientCallRecord call) {
      if (probingStream && !used) {
        used = true;
        callee.answered(call);
      }
    }

    @Override
    public void callEnded(ClientCallRecord call) {
      if (!used) {
        used = true;
        AttemptRecord last = call.lastAttempt();
        long since = last == null ? call.startedAt() : last.startedAt();
        callee.ended(
            hadNoInstance(call) || isCountedAlready(call) ? CallOutcome.IGNORED : call.outcome(),
            call,
            unary ? call.endedAt() - since : 0);
      }
    }

    private boolean isCountedAlready(ClientCallRecord call) {
      Attributes lost =
          call.status().getCode() == Code.UNAVAILABLE ? connectionIfUnanswered(call) : null;
      return lost != null && !broken.add(lost);
    }

    /** The last connection that the call was sent on; null if the server answered there. */
    private static @Nullable Attributes connectionIfUnanswered(ClientCallRecord call) {
      AttemptRecord sent = lastSent(call);
      return sent == null || sent.trailers() != null ? null : sent.connection();
    }
  }
}
