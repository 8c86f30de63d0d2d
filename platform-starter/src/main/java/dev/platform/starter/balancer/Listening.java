package dev.platform.starter.balancer;

import dev.platform.starter.outcome.CallOutcome;
import dev.platform.starter.outcome.OutcomeClassifier;
import dev.platform.starter.telemetry.CallSpan;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.util.ForwardingClientStreamTracer;
import org.jspecify.annotations.Nullable;

/** Tells an instance of what is sent to it and comes from it. Thread-safe. */
final class Listening extends ClientStreamTracer.Factory {

  private final Instance instance;
  private final boolean answersSoon;
  private final OutcomeClassifier outcomes;
  private final ClientStreamTracer.@Nullable Factory other;

  /**
   * @param answersSoon whether silence means something
   * @param outcomes what the end of a call says
   * @param other whoever else listens
   */
  Listening(
      Instance instance,
      boolean answersSoon,
      OutcomeClassifier outcomes,
      ClientStreamTracer.@Nullable Factory other) {
    this.instance = instance;
    this.answersSoon = answersSoon;
    this.outcomes = outcomes;
    this.other = other;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    ClientStreamTracer others =
        other == null ? new ClientStreamTracer() {} : other.newClientStreamTracer(info, headers);
    if (answersSoon) {
      instance.sent();
    }
    return new Tracer(others, info.getCallOptions());
  }

  private final class Tracer extends ForwardingClientStreamTracer {

    private final ClientStreamTracer others;
    private final CallOptions call;
    private volatile @Nullable Metadata trailers;

    Tracer(ClientStreamTracer others, CallOptions call) {
      this.others = others;
      this.call = call;
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
      if (received == null && status.getCode() == Code.UNAVAILABLE) {
        return CallOutcome.IGNORED;
      }
      return outcomes.classify(status, received == null ? new Metadata() : received);
    }
  }
}
