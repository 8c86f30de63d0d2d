package dev.platform.core.drain;

import dev.platform.core.concurrent.Threads;
import io.grpc.Server;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Terminates and logs calls that are still in flight after the drain's timeout. Once no call has
 * been in flight for a while, remaining connections are closed: gRPC keeps abandoned streams, such
 * as that of a request that was too large, until their connection ends.
 */
final class DrainDeadline {

  private static final Logger log = LoggerFactory.getLogger(DrainDeadline.class);

  /** Before the server drops the calls, so that their callers get a status. */
  private static final long MARGIN_MILLIS = 100;

  /** Longer than any caller needs to see that the server accepts no more calls. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  private static final long CHECK_MILLIS = 200;

  private final OpenCalls calls;
  private final UnfinishedCalls unfinished;
  private final LongSupplier nanoTime;
  private final Threads threads;
  private long lastBusyAt;
  private @Nullable ScheduledExecutorService timer;

  DrainDeadline(
      OpenCalls calls, UnfinishedCalls unfinished, LongSupplier nanoTime, Threads threads) {
    this.nanoTime = nanoTime;
    this.threads = threads;
    this.calls = calls;
    this.unfinished = unfinished;
  }

  synchronized void start(Server server, Duration timeout) {
    lastBusyAt = nanoTime.getAsLong();
    timer = threads.timer("platform-drain");
    long millis = Math.max(0, timeout.toMillis() - MARGIN_MILLIS);
    var deadline = timer.schedule(() -> timedOut(timeout), millis, TimeUnit.MILLISECONDS);
    var checks =
        timer.scheduleWithFixedDelay(
            () -> closeIfIdle(server), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  synchronized void stop() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  private void timedOut(Duration timeout) {
    if (calls.size() > 0) {
      log.warn(
          "platform.drain.timeout of {} ms is over, terminating calls: {}",
          timeout.toMillis(),
          calls.byMethod());
      calls.terminateAll();
    }
  }

  /** Runs on the timer's thread only. */
  private void closeIfIdle(Server server) {
    long now = nanoTime.getAsLong();
    if (!unfinished.isEmpty()) {
      lastBusyAt = now;
    } else if (now - lastBusyAt > IDLE.toNanos()) {
      log.info("No call has been in flight for {} ms, closing connections", IDLE.toMillis());
      server.shutdownNow();
      stop();
    }
  }
}
