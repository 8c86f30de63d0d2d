package dev.platform.starter.request;

import io.grpc.ServerCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps what happens to a call until somebody may work on it. Thread-safe. */
public final class PendingCall<Q> extends ServerCall.Listener<Q> {

  // guarded by this
  private List<Consumer<ServerCall.Listener<Q>>> events = new ArrayList<>();
  private ServerCall.@Nullable Listener<Q> handler;

  /** Tells the handler what has happened so far; from then on it hears all directly, in order. */
  public void goOn(ServerCall.Listener<Q> starting) {
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
      next.forEach(event -> event.accept(starting));
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
    tell(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    tell(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    tell(ServerCall.Listener::onReady);
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
