package dev.platform.core.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Calls that a member of etcd accepts and does not answer, as one does that is cut off from the
 * others. Thread-safe.
 */
public final class SilentCalls implements ClientInterceptor {

  private final List<Call<?, ?>> calls = new ArrayList<>(); // guarded by this
  private @Nullable MethodDescriptor<?, ?> next; // guarded by this
  private boolean all; // guarded by this

  /** A connection whose calls can be silent, with a request timeout. */
  public EtcdConnection open(
      int port, @Nullable String user, @Nullable String password, Duration timeout) {
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    String endpoint = "http://127.0.0.1:" + port;
    return EtcdConnection.builder(new EtcdSettings(List.of(endpoint), user, password, timeout))
        .executor(thread)
        .channels(
            tls ->
                ManagedChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .executor(thread)
                    .intercept(this)
                    .build())
        .open();
  }

  /** The next call of this method is not answered. */
  public synchronized void silenceNext(MethodDescriptor<?, ?> method) {
    next = method;
  }

  /** All later calls are not answered. */
  public synchronized void silenceAll() {
    all = true;
  }

  /** What the open streams of this method send from now on is not answered. */
  public synchronized void silenceOpen(MethodDescriptor<?, ?> method) {
    calls.stream().filter(call -> call.is(method)).forEach(call -> call.silent = true);
  }

  /** How many calls of this method there were. */
  public synchronized long count(MethodDescriptor<?, ?> method) {
    return calls.stream().filter(call -> call.is(method)).count();
  }

  /** How many of them were cancelled before an answer. */
  synchronized long countCancelled(MethodDescriptor<?, ?> method) {
    return calls.stream().filter(call -> call.is(method) && call.cancelled).count();
  }

  @Override
  public synchronized <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel channel) {
    Call<Q, A> call = new Call<>(method, channel.newCall(method, options));
    if (all || (next != null && call.is(next))) {
      call.silent = true;
      next = null;
    }
    calls.add(call);
    return call;
  }

  private static final class Call<Q, A> extends SimpleForwardingClientCall<Q, A> {

    private final String method;
    private volatile boolean silent;
    private volatile boolean cancelled;

    Call(MethodDescriptor<Q, A> method, ClientCall<Q, A> call) {
      super(call);
      this.method = method.getFullMethodName();
    }

    boolean is(MethodDescriptor<?, ?> other) {
      return method.equals(other.getFullMethodName());
    }

    @Override
    public void sendMessage(Q message) {
      if (!silent) {
        super.sendMessage(message);
      }
    }

    @Override
    public void halfClose() {
      if (!silent) {
        super.halfClose();
      }
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
      cancelled = true;
      super.cancel(message, cause);
    }
  }
}
