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

/** Keeps what happens to a call until somebody may work on it. Thread-safe. */
public final class DelayedServerListener<Q> extends ServerCall.Listener<Q> {

  private static final Logger log = LoggerFactory.getLogger(DelayedServerListener.class);

  // guarded by this
  private List<Consumer<ServerCall.Listener<Q>>> events = new ArrayList<>();
  private ServerCall.@Nullable Listener<Q> handler;

  /** The call's last event, for as long as the handler has not heard of it; guarded by this. */
  private @Nullable Consumer<ServerCall.Listener<Q>> untoldEnd;

  /**
   * Starts the handler and goes on with it. What is thrown on the way ends the call as gRPC ends
   * those whose handlers throw on its own threads; the handler still hears that the call is over.
   */
  public void start(ServerCall<Q, ?> call, Supplier<ServerCall.Listener<Q>> handler) {
    ServerCall.Listener<Q> starting = new ServerCall.Listener<>() {};
    try {
      starting = handler.get();
      goOn(starting);
    } catch (RuntimeException | Error e) {
      log.error("A call that had waited failed", e);
      goOnToTheEnd(starting);
      close(call, e);
    }
  }

  /** Tells the handler what has happened so far; from then on it hears all directly, in order. */
  private void goOn(ServerCall.Listener<Q> starting) {
    while (true) {
      List<Consumer<ServerCall.Listener<Q>>> next;
      synchronized (this) {
        if (events.isEmpty()) {
          handler = starting;
          return;
        }
        next = events;
        events = new ArrayList<>();
      }
      for (Consumer<ServerCall.Listener<Q>> event : next) {
        told(event);
        event.accept(starting);
      }
    }
  }

  private synchronized void told(Consumer<ServerCall.Listener<Q>> event) {
    if (event == untoldEnd) {
      untoldEnd = null;
    }
  }

  private void goOnToTheEnd(ServerCall.Listener<Q> starting) {
    Consumer<ServerCall.Listener<Q>> end;
    synchronized (this) {
      handler = starting;
      events.clear();
      end = untoldEnd;
    }
    if (end != null) {
      end.accept(starting);
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
    tell(listener -> listener.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    tell(ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    tellTheEnd(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    tellTheEnd(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    tell(ServerCall.Listener::onReady);
  }

  private void tellTheEnd(Consumer<ServerCall.Listener<Q>> event) {
    synchronized (this) {
      if (handler == null) {
        untoldEnd = event;
      }
    }
    tell(event);
  }

  private void tell(Consumer<ServerCall.Listener<Q>> event) {
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
