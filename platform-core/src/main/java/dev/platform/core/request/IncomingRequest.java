package dev.platform.core.request;

import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The incoming side of one call. Ends the call when a message can't be read, when a method that
 * takes a single request message does not get exactly one, and when the caller is silent for too
 * long: before the request is complete, between two messages of a client stream, or before the
 * first message of a bidirectional stream, which may be silent after that. Thread-safe.
 */
final class IncomingRequest<Q, A> extends SimpleForwardingServerCall<Q, A> {

  private final MethodDescriptor<Q, A> method;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final Consumer<IncomingRequest<?, ?>> whenNotWaiting;
  private final CallEnd end = new CallEnd();
  private final Attributes attributes;

  // guarded by this
  private long since;
  // guarded by this: messages that the server has requested
  private long requested;
  // guarded by this
  private boolean handling;
  // guarded by this
  private boolean untimed;
  // guarded by this
  private boolean over;

  // written only by the call's serialised callbacks
  private volatile long received;

  IncomingRequest(
      ServerCall<ReadMessage<Q>, A> wire,
      MethodDescriptor<Q, A> method,
      Duration timeout,
      LongSupplier nanoTime,
      Consumer<IncomingRequest<?, ?>> whenNotWaiting) {
    super(withoutType(wire));
    this.method = method;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.whenNotWaiting = whenNotWaiting;
    this.attributes =
        Attributes.newBuilder().setAll(wire.getAttributes()).set(CallEnd.KEY, end).build();
    this.since = nanoTime.getAsLong();
  }

  /** The type of requests only matters to getMethodDescriptor(), which is overridden. */
  @SuppressWarnings("unchecked")
  private static <Q, A> ServerCall<Q, A> withoutType(ServerCall<?, A> call) {
    return (ServerCall<Q, A>) call;
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public void request(int numMessages) {
    synchronized (this) {
      if (requested <= 0 && received > 0) {
        since = nanoTime.getAsLong();
      }
      requested += numMessages;
    }
    super.request(numMessages);
  }

  /** After any end of the call, by an interceptor too, no more messages are delivered. */
  @Override
  public void close(Status status, Metadata trailers) {
    finish();
    stopTimer();
    super.close(status, trailers);
  }

  /** Ends the call if its caller has been silent for too long. */
  void endIfOverdue() {
    synchronized (this) {
      boolean waits = !over && !untimed && !handling && requested > 0;
      if (!waits || nanoTime.getAsLong() - since < timeout.toNanos()) {
        return;
      }
      over = true;
    }
    end(Status.DEADLINE_EXCEEDED, overdue());
  }

  ServerCall.Listener<ReadMessage<Q>> listen(ServerCall.Listener<Q> handler) {
    return new Listener(handler);
  }

  private String overdue() {
    String within = " within " + timeout.toMillis() + " ms";
    return switch (method.getType()) {
      case CLIENT_STREAMING ->
          "neither a message nor the end of the stream came%s after message %d"
              .formatted(within, received);
      case BIDI_STREAMING -> "no first message came" + within;
      case UNARY, SERVER_STREAMING, UNKNOWN ->
          received == 0 ? "no request came" + within : "the request did not end" + within;
    };
  }

  private void end(Status status, String description) {
    stopTimer();
    end.or(status.withDescription(description), s -> super.close(s, new Metadata()));
  }

  /** From here on the caller has no time limit. */
  private void stopTimer() {
    synchronized (this) {
      untimed = true;
    }
    whenNotWaiting.accept(this);
  }

  private synchronized boolean begin() {
    handling = !over;
    return handling;
  }

  private synchronized void done() {
    handling = false;
    requested--;
    if (method.getType() == MethodType.CLIENT_STREAMING) {
      since = nanoTime.getAsLong();
    }
  }

  private synchronized void finish() {
    over = true;
  }

  /** Receives from the wire. After the end of the call only that end is passed on. */
  private final class Listener extends ServerCall.Listener<ReadMessage<Q>> {

    private final ServerCall.Listener<Q> handler;

    Listener(ServerCall.Listener<Q> handler) {
      this.handler = handler;
    }

    @Override
    public void onMessage(ReadMessage<Q> read) {
      if (!begin()) {
        return;
      }
      try {
        received++;
        handle(read);
      } finally {
        done();
      }
    }

    private void handle(ReadMessage<Q> read) {
      boolean one = method.getType().clientSendsOneMessage();
      if (one && received > 1) {
        refuse("a second request message came (expected: one)");
      } else if (!read.problem().isEmpty()) {
        refuse((one ? "the request is " : "message " + received + " is ") + read.problem());
      } else {
        if (method.getType() == MethodType.BIDI_STREAMING) {
          stopTimer();
        }
        handler.onMessage(Objects.requireNonNull(read.message()));
      }
    }

    @Override
    public void onHalfClose() {
      if (!begin()) {
        return;
      }
      stopTimer();
      if (received == 0 && method.getType().clientSendsOneMessage()) {
        refuse("no request message came (expected: one)");
      } else {
        handler.onHalfClose();
      }
    }

    private void refuse(String description) {
      finish();
      end(Status.INVALID_ARGUMENT, description);
    }

    @Override
    public void onReady() {
      if (!isOver()) {
        handler.onReady();
      }
    }

    @Override
    public void onCancel() {
      stopTimer();
      handler.onCancel();
    }

    @Override
    public void onComplete() {
      stopTimer();
      handler.onComplete();
    }
  }

  private synchronized boolean isOver() {
    return over;
  }
}
