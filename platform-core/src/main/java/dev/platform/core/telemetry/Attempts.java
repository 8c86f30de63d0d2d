package dev.platform.core.telemetry;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a call was sent, and how often. A single attempt only adds its peer to the call's span; a
 * further one makes each of them a span, as in gRPC's proposal A72.
 */
final class Attempts extends ClientStreamTracer.Factory {

  private final CallTelemetry method;
  private final CallSpan call;
  // guarded by this
  private @Nullable Attempt first;
  private boolean several;

  Attempts(CallTelemetry method, CallSpan call) {
    this.method = method;
    this.call = call;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
    if (info.getPreviousAttempts() > 0 || info.isTransparentRetry()) {
      method.madeAgain(kind(info));
    }
    if (!call.get().isRecording()) {
      return NOTHING;
    }
    Attempt attempt = new Attempt(info);
    begun(attempt);
    return attempt;
  }

  private synchronized void begun(Attempt attempt) {
    if (first == null) {
      first = attempt;
      return;
    }
    several = true;
    if (first.ended != null) {
      first.report();
    }
  }

  private synchronized void ended(Attempt attempt) {
    if (several) {
      attempt.report();
    }
  }

  private static final ClientStreamTracer NOTHING = new ClientStreamTracer() {};

  private final class Attempt extends ClientStreamTracer {

    private final StreamInfo info;
    private final long begunAt = now();
    private volatile @Nullable InetSocketAddress peer;
    // guarded by Attempts.this
    private @Nullable Status ended;
    private @Nullable Metadata trailers;
    private long endedAt;
    private boolean reported;

    Attempt(StreamInfo info) {
      this.info = info;
    }

    @Override
    public void streamCreated(Attributes transport, Metadata headers) {
      if (transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address) {
        peer = address;
        PeerAttributes.put(call.get(), address);
      }
    }

    @Override
    public void inboundTrailers(Metadata received) {
      synchronized (Attempts.this) {
        trailers = received;
      }
    }

    @Override
    public void streamClosed(Status status) {
      synchronized (Attempts.this) {
        ended = status;
        endedAt = now();
        Attempts.this.ended(this);
      }
    }

    /** Once it has ended and there are others. */
    private void report() {
      if (ended == null || reported) {
        return;
      }
      reported = true;
      Span span = method.startPart("Attempt." + method.name(), call.get(), begunAt);
      span.setAttribute("previous-rpc-attempts", info.getPreviousAttempts());
      span.setAttribute("transparent-retry", info.isTransparentRetry());
      InetSocketAddress address = peer;
      if (address != null) {
        PeerAttributes.put(span, address);
      }
      method.describe(span, ended, trailers);
      span.end(endedAt, TimeUnit.NANOSECONDS);
    }
  }

  private static String kind(StreamInfo info) {
    if (info.isTransparentRetry()) {
      return "transparent";
    }
    return info.isHedging() ? "hedge" : "retry";
  }

  private static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
