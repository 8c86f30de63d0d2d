package dev.platform.starter.balancer;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.util.ForwardingClientStreamTracer;
import org.jspecify.annotations.Nullable;

/** Tells an instance of what is sent to it and comes from it. Thread-safe. */
final class Listening extends ClientStreamTracer.Factory {

  private final Instance instance;
  private final boolean answersSoon;
  private final ClientStreamTracer.@Nullable Factory other;

  /**
   * @param answersSoon whether silence means something
   * @param other whoever else listens
   */
  Listening(Instance instance, boolean answersSoon, ClientStreamTracer.@Nullable Factory other) {
    this.instance = instance;
    this.answersSoon = answersSoon;
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
    return new ForwardingClientStreamTracer() {

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
      public void inboundTrailers(Metadata trailers) {
        instance.heard();
        super.inboundTrailers(trailers);
      }
    };
  }
}
