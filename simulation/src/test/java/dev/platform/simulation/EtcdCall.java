package dev.platform.simulation;

import io.etcd.jetcd.api.WatchGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call of the platform to etcd, as grpc-java makes it, over a simulated connection. */
final class EtcdCall<Q, A> extends ClientCall<Q, A> implements Connection.Stream {

  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final EtcdChannel channel;
  private final MethodDescriptor<Q, A> method;
  private final @Nullable Deadline deadline;
  private final List<Runnable> unsent = new ArrayList<>();
  private @Nullable Listener<A> listener;
  private @Nullable Connection connection;
  private @Nullable Handler<Q> handler;
  private Loop.@Nullable Event timer;
  private boolean requiresLeader;
  private boolean closed;
  private boolean ended;

  /** The server's side. */
  interface Handler<Q> {

    void message(Q message);

    void halfClosed();

    /** The client is gone, or has cancelled. */
    void gone();
  }

  EtcdCall(EtcdChannel channel, MethodDescriptor<Q, A> method, CallOptions options) {
    this.channel = channel;
    this.method = method;
    this.deadline = options.getDeadline();
  }

  @Override
  public void start(Listener<A> answers, Metadata headers) {
    listener = answers;
    requiresLeader = headers.containsKey(HAS_LEADER);
    channel.requested();
    if (deadline != null) {
      long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
      if (left <= 0) {
        close(Status.DEADLINE_EXCEEDED.withDescription("ClientCall started after its deadline"));
        return;
      }
      timer =
          channel
              .machine()
              .after(
                  left,
                  () -> cancelled(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded")));
    }
    channel.assign(this);
  }

  /** It is sent on this connection. */
  void sendOn(Connection chosen, EtcdMember member) {
    if (closed) {
      return;
    }
    connection = chosen;
    chosen.open(this);
    chosen.up(() -> handler = handlerAt(member));
    unsent.forEach(Runnable::run);
    unsent.clear();
  }

  private Handler<Q> handlerAt(EtcdMember member) {
    @SuppressWarnings("unchecked") // the method's requests are those of watches
    Handler<Q> watch =
        WatchGrpc.SERVICE_NAME.equals(method.getServiceName())
            ? (Handler<Q>) new WatchModel(member, this, requiresLeader)
            : new EtcdRequests<>(member, this);
    return watch;
  }

  @Override
  public void request(int messages) {
    // What arrives is passed on at once.
  }

  @Override
  public void sendMessage(Q message) {
    send(handling -> handling.message(message));
  }

  @Override
  public void halfClose() {
    send(Handler::halfClosed);
  }

  private void send(Consumer<Handler<Q>> what) {
    if (closed) {
      return;
    }
    Connection known = connection;
    if (known == null) {
      unsent.add(() -> send(what));
      return;
    }
    known.up(
        () -> {
          Handler<Q> at = handler;
          if (at != null && !ended) {
            what.accept(at);
          }
        });
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    cancelled(Status.CANCELLED.withDescription(message).withCause(cause));
  }

  private void cancelled(Status status) {
    if (closed) {
      return;
    }
    Connection known = connection;
    if (known != null) {
      known.up(
          () -> {
            known.close(this);
            gone();
          });
    }
    close(status);
  }

  /** The channel has no connection for it. */
  void fail(Status status) {
    close(status);
  }

  @Override
  public void lost(String reason) {
    close(Status.UNAVAILABLE.withDescription(reason));
  }

  @Override
  public void gone() {
    Handler<Q> at = handler;
    if (at != null && !ended) {
      ended = true;
      at.gone();
    }
  }

  /** From the server. */
  @SuppressWarnings("unchecked") // the model answers with the method's type
  void answer(Object message) {
    Connection known = connection;
    if (known != null && !ended) {
      known.down(() -> deliver(() -> receive((A) message)));
    }
  }

  private void receive(A message) {
    Listener<A> known = listener;
    if (known != null) {
      known.onMessage(message);
    }
  }

  /** From the server. */
  void end(Status status) {
    Connection known = connection;
    if (known != null && !ended) {
      ended = true;
      known.down(
          () -> {
            known.close(this);
            close(status);
          });
    }
  }

  private void close(Status status) {
    if (closed) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    deliver(() -> closed(status));
    closed = true;
  }

  private void closed(Status status) {
    Listener<A> known = listener;
    if (known != null) {
      known.onClose(status, new Metadata());
    }
  }

  /** On the connection's thread, in order; nothing after the end. */
  private void deliver(Runnable event) {
    if (closed) {
      return;
    }
    try {
      channel.executor().execute(event);
    } catch (RejectedExecutionException over) {
      channel.machine().history().note("an answer comes after the end of %s", channel.machine());
    }
  }
}
