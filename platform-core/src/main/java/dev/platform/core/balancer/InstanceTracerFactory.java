package dev.platform.core.balancer;

import dev.platform.core.deadline.CallDeadline;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.telemetry.CallSpan;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.util.ForwardingClientStreamTracer;
import org.jspecify.annotations.Nullable;

/** Tells an instance of what is sent to it and comes from it. Thread-safe. */
final class InstanceTracerFactory extends ClientStreamTracer.Factory {

  private static final Status LATE =
      Status.DEADLINE_EXCEEDED.withDescription("no answer before the deadline");

  private final TrackedSubchannel instance;
  private final boolean unary;
  private final boolean answersSoon;
  private final OutcomeClassifier outcomes;
  private final ClientStreamTracer.@Nullable Factory other;

  /**
   * @param unary whether a call ends with its answer
   * @param answersSoon whether silence means something
   * @param outcomes what the end of a call says
   * @param other whoever else listens
   */
  InstanceTracerFactory(
      TrackedSubchannel instance,
      boolean unary,
      boolean answersSoon,
      OutcomeClassifier outcomes,
      ClientStreamTracer.@Nullable Factory other) {
    this.instance = instance;
    this.unary = unary;
    this.answersSoon = answersSoon;
    this.outcomes = outcomes;
    this.other = other;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    ClientStreamTracer others =
        other == null ? new ClientStreamTracer() {} : other.newClientStreamTracer(info, headers);
    if (unary) {
      instance.ejection().begun();
    }
    if (answersSoon) {
      instance.sent();
    }
    return new Tracer(others, info.getCallOptions());
  }

  /** The call's own or that of the incoming call, whichever ends sooner. */
  private final class Tracer extends ForwardingClientStreamTracer {

    private final ClientStreamTracer others;
    private final CallOptions call;
    private final @Nullable Deadline deadline;
    private volatile @Nullable Metadata trailers;

    Tracer(ClientStreamTracer others, CallOptions call) {
      this.others = others;
      this.call = call;
      this.deadline = CallDeadline.of(call);
    }

    @Override
    protected ClientStreamTracer delegate() {
      return others;
    }

    @Override
    public void inboundHeaders() {
      instance.heard();
      super.inboundHeaders();
    }

    @Override
    public void inboundMessage(int sequence) {
      instance.heard();
      super.inboundMessage(sequence);
    }

    @Override
    public void inboundTrailers(Metadata received) {
      trailers = received;
      instance.heard();
      super.inboundTrailers(received);
    }

    @Override
    public void streamClosed(Status status) {
      instance.ended(outcome(status), CallSpan.of(call));
      super.streamClosed(status);
    }

    /** A connection that broke is seen by itself, and the next one may be to another process. */
    private CallOutcome outcome(Status status) {
      Metadata received = trailers;
      if (received != null) {
        return outcomes.classify(status, received);
      }
      return switch (status.getCode()) {
        case UNAVAILABLE -> CallOutcome.IGNORED;
        case CANCELLED -> outcomes.classify(isLate() ? LATE : status, new Metadata());
        default -> outcomes.classify(status, new Metadata());
      };
    }

    /** Of a call that may be retried, gRPC throws the attempt away when its time is over. */
    private boolean isLate() {
      return deadline != null && deadline.isExpired();
    }
  }
}
