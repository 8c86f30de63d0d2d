package dev.platform.mall;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * Calls at a fixed rate, independent of latency, and collects the outcomes. Calls delayed by this
 * JVM are sent later. With a limit on in-flight calls it skips calls above the limit, which reduces
 * the load on a busy machine.
 */
final class SteadyLoad implements AutoCloseable {

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(60);

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "steady-load"));
  private final Supplier<? extends ListenableFuture<?>> call;
  private final int maxInFlight;
  private final AtomicLong inFlight = new AtomicLong();
  private final LoadReport.Builder report = new LoadReport.Builder();

  private SteadyLoad(int maxInFlight, Supplier<? extends ListenableFuture<?>> call) {
    this.maxInFlight = maxInFlight;
    this.call = call;
  }

  /**
   * @param call starts one call; it must not block, and must have a deadline
   */
  static SteadyLoad start(int perSecond, Supplier<? extends ListenableFuture<?>> call) {
    return start(perSecond, Integer.MAX_VALUE, call);
  }

  /** Skips calls while {@code maxInFlight} calls have no answer. */
  static SteadyLoad start(
      int perSecond, int maxInFlight, Supplier<? extends ListenableFuture<?>> call) {
    SteadyLoad load = new SteadyLoad(maxInFlight, call);
    long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
    var unused = load.clock.scheduleAtFixedRate(load::send, 0, period, TimeUnit.NANOSECONDS);
    return load;
  }

  /** The answers so far. */
  LoadReport soFar() {
    return report.build();
  }

  /** The number of failed calls so far. */
  int failed() {
    return report.failed();
  }

  /** Waits for this many further answers. */
  void awaitMore(int calls, Duration limit) {
    awaitTotal(report.calls() + calls, limit);
  }

  /** Waits for this many answers since the start. */
  void awaitTotal(int calls, Duration limit) {
    Awaitility.await(calls + " calls are answered")
        .atMost(limit)
        .until(() -> report.calls() >= calls);
  }

  /** Stops sending, waits for outstanding answers and reports all. */
  LoadReport stop() {
    clock.shutdownNow();
    Awaitility.await("all calls are answered")
        .atMost(LAST_ANSWERS)
        .until(() -> clock.isTerminated() && inFlight.get() == 0);
    return soFar();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private void send() {
    if (inFlight.get() >= maxInFlight) {
      return;
    }
    long sentAt = System.nanoTime();
    inFlight.incrementAndGet();
    ListenableFuture<?> answer;
    try {
      answer = call.get();
    } catch (RuntimeException e) {
      answer = Futures.immediateFailedFuture(e);
    }
    ListenableFuture<?> sent = answer;
    sent.addListener(() -> answered(sent, sentAt), MoreExecutors.directExecutor());
  }

  private void answered(ListenableFuture<?> answer, long sentAt) {
    long nanos = System.nanoTime() - sentAt;
    try {
      Futures.getDone(answer);
      report.add(sentAt, nanos, Status.OK);
    } catch (Exception e) {
      report.add(sentAt, nanos, Status.fromThrowable(e));
    } finally {
      inFlight.decrementAndGet();
    }
  }
}
