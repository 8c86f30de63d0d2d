package dev.platform.core.drain;

import static dev.platform.core.interleaving.Interleavings.check;
import static dev.platform.core.interleaving.Interleavings.explore;
import static dev.platform.core.interleaving.Interleavings.together;

import dev.platform.core.call.TestCalls;
import dev.platform.core.concurrent.Threads;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallsInterleavingsTest {

  @Test
  void aStreamThatStartsWhileTheServerStopsIsEnded() {
    explore(
        () -> {
          OpenCalls calls = new OpenCalls();
          Call call = new Call(TestCalls.STREAM);
          together(() -> start(calls, call), calls::endStreams);
          check(call.closed.get() == 1, "closed: " + call.closed);
        });
  }

  /** gRPC throws if a call is closed twice. */
  @Test
  void aCallIsClosedOnceThoughItsHandlerAndTheDrainEndIt() {
    explore(
        () -> {
          OpenCalls calls = new OpenCalls();
          Call call = new Call(TestCalls.UNARY);
          together(
              () -> {
                ServerCall.Listener<String> listener =
                    calls.interceptCall(
                        call,
                        new Metadata(),
                        (open, headers) -> {
                          open.close(Status.OK, new Metadata());
                          return new ServerCall.Listener<>() {};
                        });
                listener.onComplete();
              },
              calls::terminateAll);
          check(call.closed.get() == 1, "closed: " + call.closed);
          check(calls.size() == 0, "it is still open");
        });
  }

  /** If nobody wakes it, it waits for ever here. */
  @Test
  void theWaitForUnfinishedCallsEndsWithTheLastOfThem() {
    explore(
        () -> {
          UnfinishedCalls calls = new UnfinishedCalls();
          ServerCall.Listener<String> one = begin(calls);
          ServerCall.Listener<String> other = begin(calls);
          together(one::onComplete, other::onCancel, () -> await(calls));
          check(calls.isEmpty(), "a call is left");
        });
  }

  private static void start(OpenCalls calls, Call call) {
    calls.interceptCall(
        call, new Metadata(), (open, headers) -> new ServerCall.Listener<String>() {});
  }

  private static ServerCall.Listener<String> begin(UnfinishedCalls calls) {
    return calls.interceptCall(
        new Call(TestCalls.UNARY),
        new Metadata(),
        (open, headers) -> new ServerCall.Listener<>() {});
  }

  private static void await(UnfinishedCalls calls) {
    try {
      calls.awaitNone(Duration.ofSeconds(1), () -> 0, new NoTime());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Call extends ServerCall<String, String> {

    final AtomicInteger closed = new AtomicInteger();
    private final MethodDescriptor<String, String> method;

    Call(MethodDescriptor<String, String> method) {
      this.method = method;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed.incrementAndGet();
    }

    @Override
    public MethodDescriptor<String, String> getMethodDescriptor() {
      return method;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(String message) {}
  }

  /** In which no time passes. */
  private static final class NoTime implements Threads {

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
      monitor.wait();
    }

    @Override
    public ScheduledExecutorService timer(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ExecutorService workers(String prefix) {
      throw new UnsupportedOperationException();
    }
  }
}
