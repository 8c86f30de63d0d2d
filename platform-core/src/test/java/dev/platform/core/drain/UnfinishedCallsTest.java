package dev.platform.core.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.concurrent.VirtualThreads;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How long a drain waits, in virtual time. */
class UnfinishedCallsTest {

  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final UnfinishedCalls calls = new UnfinishedCalls();
  private final AtomicInteger waits = new AtomicInteger();
  private Runnable meanwhile = () -> {};

  private final VirtualThreads time =
      new VirtualThreads() {
        @Override
        protected void meanwhile() {
          waits.incrementAndGet();
          meanwhile.run();
        }
      };

  @Test
  void withoutCallsThereIsNoWait() throws Exception {
    assertThat(waited()).isZero();
    assertThat(waits).hasValue(0);
  }

  @Test
  void anUnfinishedCallIsAwaitedForTheFullTimeAndNoLonger() throws Exception {
    begin();

    assertThat(waited()).isEqualTo(LIMIT);
    assertThat(calls.isEmpty()).isFalse();
  }

  @Test
  void theLastFinishedCallEndsTheWait() throws Exception {
    ServerCall.Listener<Object> first = begin();
    ServerCall.Listener<Object> second = begin();
    meanwhile =
        () -> {
          if (waits.get() == 3) {
            first.onComplete();
          } else if (waits.get() == 7) {
            second.onCancel();
          }
        };

    assertThat(waited()).isEqualTo(Duration.ofMillis(70));
    assertThat(calls.isEmpty()).isTrue();
  }

  @Test
  void aDrainKeepsServingForItsDelay() {
    Drain drain =
        new Drain(
            new DrainSettings(Duration.ofSeconds(3), Duration.ofSeconds(30)),
            new OpenCalls(),
            calls,
            new GrpcHealth(Optional.empty()),
            time::nanoTime,
            time);
    long before = time.nanoTime();

    drain.leave(() -> true);

    assertThat(time.nanoTime() - before).isEqualTo(Duration.ofSeconds(3).toNanos());
  }

  private Duration waited() throws InterruptedException {
    long before = time.nanoTime();
    calls.awaitNone(LIMIT, time::nanoTime, time);
    return Duration.ofNanos(time.nanoTime() - before);
  }

  private ServerCall.Listener<Object> begin() {
    return calls.interceptCall(
        new NoCall(), new Metadata(), (call, headers) -> new ServerCall.Listener<>() {});
  }

  private static final class NoCall extends ServerCall<Object, Object> {

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Object message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
      throw new UnsupportedOperationException();
    }
  }
}
