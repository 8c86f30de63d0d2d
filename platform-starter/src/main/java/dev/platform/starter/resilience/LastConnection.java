package dev.platform.starter.resilience;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** Of one call: the connection that it was sent on last, and whether it was answered there. */
final class LastConnection extends ClientStreamTracer.Factory {

  private volatile @Nullable Attributes connection;

  /** What the call's connection is known by; null when it was sent on none, or was answered. */
  @Nullable Attributes ifUnanswered() {
    return connection;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {

      @Override
      public void streamCreated(Attributes transport, Metadata sent) {
        connection = transport;
      }

      @Override
      public void inboundTrailers(Metadata trailers) {
        connection = null;
      }
    };
  }
}
