package dev.platform.starter.test.etcd;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Delays every answer; keeps the order within a call. */
final class DelayedAnswers implements ServerInterceptor {

  private final Faults faults;
  private final ScheduledExecutorService timer;

  DelayedAnswers(Faults faults, ScheduledExecutorService timer) {
    this.faults = faults;
    this.timer = timer;
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    return next.startCall(new DelayedCall<>(call), headers);
  }

  private final class DelayedCall<I, O> extends SimpleForwardingServerCall<I, O> {

    private final Queue<Held> waiting = new ArrayDeque<>(); // guarded by itself

    DelayedCall(ServerCall<I, O> call) {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      later(() -> super.sendHeaders(headers));
    }

    @Override
    public void sendMessage(O message) {
      later(() -> super.sendMessage(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
      later(() -> super.close(status, trailers));
    }

    private void later(Runnable answer) {
      long delay = faults.answerDelay().toNanos();
      synchronized (waiting) {
        if (delay == 0 && waiting.isEmpty()) {
          answer.run();
          return;
        }
        waiting.add(new Held(System.nanoTime() + delay, answer));
        if (waiting.size() == 1) {
          timer.schedule(this::release, delay, TimeUnit.NANOSECONDS);
        }
      }
    }

    /** Sends what is due, and schedules the rest. */
    private void release() {
      synchronized (waiting) {
        Held next = waiting.peek();
        while (next != null && next.dueNanos - System.nanoTime() <= 0) {
          waiting.remove();
          next.answer.run();
          next = waiting.peek();
        }
        if (next != null) {
          long delay = next.dueNanos - System.nanoTime();
          timer.schedule(this::release, delay, TimeUnit.NANOSECONDS);
        }
      }
    }
  }

  private record Held(long dueNanos, Runnable answer) {}
}
