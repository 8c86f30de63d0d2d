package dev.platform.core.breaker;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Of one call's last attempt: when it began, the connection that it was sent on, and whether it was
 * answered there.
 */
final class LastAttempt extends ClientStreamTracer.Factory {

  private final LongSupplier clock;
  private volatile long begunAt;
  private volatile @Nullable Attributes connection;

  /** The call begins now by this clock. */
  LastAttempt(LongSupplier clock) {
    this.clock = clock;
    this.begunAt = clock.getAsLong();
  }

  long begunAt() {
    return begunAt;
  }

  /** What the call's connection is known by; null when it was sent on none, or was answered. */
  @Nullable Attributes connectionIfUnanswered() {
    return connection;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
    begunAt = clock.getAsLong();
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
