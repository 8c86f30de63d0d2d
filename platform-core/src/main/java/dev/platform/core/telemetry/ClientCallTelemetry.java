package dev.platform.core.telemetry;

import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallListener;
import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.call.Peer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Observes the client calls of one method to one target. A single attempt only adds its peer to the
 * call's span. Of a call with several attempts, each one becomes a span, as in gRPC's proposal A72.
 * Thread-safe: everything about one call is in its record.
 */
final class ClientCallTelemetry implements CallListener {

  private final CallTelemetry method;
  private final HeaderPropagation propagation;

  ClientCallTelemetry(CallTelemetry method, HeaderPropagation propagation) {
    this.method = method;
    this.propagation = propagation;
  }

  @Override
  public void callStarted(ClientCallRecord call, Metadata headers) {
    Context caller = ServedContext.ofCaller();
    Span span = method.start(caller);
    Context inside = CallTelemetry.with(caller, span);
    call.traced(span, caller, inside);
    propagation.inject(inside, headers);
  }

  @Override
  public void callEnded(ClientCallRecord call) {
    try (Scope ignored = call.inside().makeCurrent()) {
      method.end(
          call.span(),
          call.status(),
          call.trailers(),
          call.outcome(),
          call.endedAt() - call.startedAt(),
          call.transport(),
          null);
    }
  }

  @Override
  public void attemptStarted(AttemptRecord attempt) {
    StreamInfo info = attempt.info();
    if (info.getPreviousAttempts() > 0 || info.isTransparentRetry()) {
      method.countAttempt(kind(info));
    }
    // Those that ended as the only attempt.
    AttemptRecord before = attempt.previous();
    if (before != null) {
      reportIfDue(before);
    }
  }

  @Override
  public void attemptSent(AttemptRecord attempt) {
    Span span = attempt.call().span();
    if (span.isRecording()) {
      Peer peer = attempt.peer();
      if (peer != null) {
        peer.describe(span);
      }
    }
  }

  @Override
  public void attemptEnded(AttemptRecord attempt) {
    reportIfDue(attempt);
  }

  private void reportIfDue(AttemptRecord attempt) {
    Span call = attempt.call().span();
    if (call.isRecording() && attempt.takeSpan()) {
      report(attempt, call);
    }
  }

  private void report(AttemptRecord attempt, Span call) {
    StreamInfo info = attempt.info();
    Span span = method.startPart("Attempt." + method.name(), call, attempt.startEpochNanos());
    span.setAttribute("previous-rpc-attempts", info.getPreviousAttempts());
    span.setAttribute("transparent-retry", info.isTransparentRetry());
    Peer peer = attempt.peer();
    if (peer != null) {
      peer.describe(span);
    }
    method.describe(
        span, Objects.requireNonNull(attempt.status(), "it has ended"), attempt.outcome());
    span.end(attempt.endEpochNanos(), TimeUnit.NANOSECONDS);
  }

  private static String kind(StreamInfo info) {
    if (info.isTransparentRetry()) {
      return "transparent";
    }
    return info.isHedging() ? "hedge" : "retry";
  }
}
