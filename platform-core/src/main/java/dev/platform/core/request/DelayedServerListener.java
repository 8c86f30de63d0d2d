package dev.platform.core.request;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Buffers a call's events until its handler may start. Thread-safe. */
public final class DelayedServerListener<Q> extends ServerCall.Listener<Q> {

  private static final Logger log = LoggerFactory.getLogger(DelayedServerListener.class);

  // guarded by this
  private List<Consumer<ServerCall.Listener<Q>>> events = new ArrayList<>();
  private ServerCall.@Nullable Listener<Q> handler;

  /** The call's last event, until it is delivered to the handler; guarded by this. */
  private @Nullable Consumer<ServerCall.Listener<Q>> undeliveredEnd;

  /**
   * Starts the handler and delivers the buffered events. An exception on the way ends the call as
   * gRPC does when a handler throws on its own threads; the handler still gets the call's last
   * event.
   */
  public void start(ServerCall<Q, ?> call, Supplier<ServerCall.Listener<Q>> handler) {
    ServerCall.Listener<Q> started = new ServerCall.Listener<>() {};
    try {
      started = handler.get();
      deliverBuffered(started);
    } catch (RuntimeException | Error e) {
      log.error("A delayed call failed", e);
      deliverEnd(started);
      close(call, e);
    }
  }

  /** Delivers the buffered events to the handler; later ones go to it directly, in order. */
  private void deliverBuffered(ServerCall.Listener<Q> started) {
    while (true) {
      List<Consumer<ServerCall.Listener<Q>>> next;
      synchronized (this) {
        if (events.isEmpty()) {
          handler = started;
          return;
        }
        next = events;
        events = new ArrayList<>();
      }
      for (Consumer<ServerCall.Listener<Q>> event : next) {
        markDelivered(event);
        event.accept(started);
      }
    }
  }

  private synchronized void markDelivered(Consumer<ServerCall.Listener<Q>> event) {
    if (event == undeliveredEnd) {
      undeliveredEnd = null;
    }
  }

  private void deliverEnd(ServerCall.Listener<Q> started) {
    Consumer<ServerCall.Listener<Q>> end;
    synchronized (this) {
      handler = started;
      events.clear();
      end = undeliveredEnd;
    }
    if (end != null) {
      end.accept(started);
    }
  }

  private static void close(ServerCall<?, ?> call, Throwable failure) {
    try {
      call.close(Status.UNKNOWN.withCause(failure), new Metadata());
    } catch (IllegalStateException e) {
      log.debug("The handler had closed the call before it failed", e);
    }
  }

  @Override
  public void onMessage(Q message) {
    deliver(listener -> listener.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    deliver(ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    end(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    end(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    deliver(ServerCall.Listener::onReady);
  }

  private void end(Consumer<ServerCall.Listener<Q>> event) {
    synchronized (this) {
      if (handler == null) {
        undeliveredEnd = event;
      }
    }
    deliver(event);
  }

  private void deliver(Consumer<ServerCall.Listener<Q>> event) {
    ServerCall.Listener<Q> known;
    synchronized (this) {
      known = handler;
      if (known == null) {
        events.add(event);
        return;
      }
    }
    event.accept(known);
  }
}
