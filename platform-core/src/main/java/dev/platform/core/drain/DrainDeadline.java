package dev.platform.core.drain;

import dev.platform.core.concurrent.DaemonThreadFactory;
import io.grpc.Server;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts calls that are still under way when the drain's time is over, and says which. Once no call
 * has been under way for a while, connections that are still there are closed: gRPC keeps streams
 * that nobody waits for, such as that of a request that was too large, until their connection ends.
 */
final class DrainDeadline {

  private static final Logger log = LoggerFactory.getLogger(DrainDeadline.class);

  /** A moment before the server forgets them, so that their callers are told. */
  private static final long AHEAD_MILLIS = 100;

  /** Longer than any caller needs to learn that the server takes no more calls. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  private static final long LOOK_MILLIS = 200;

  private final OpenCalls calls;
  private final UnfinishedCalls unfinished;
  private long busyAt;
  private @Nullable ScheduledExecutorService timer;

  DrainDeadline(OpenCalls calls, UnfinishedCalls unfinished) {
    this.calls = calls;
    this.unfinished = unfinished;
  }

  synchronized void start(Server server, Duration timeout) {
    busyAt = System.nanoTime();
    timer = Executors.newSingleThreadScheduledExecutor(DaemonThreadFactory.named("platform-drain"));
    long millis = Math.max(0, timeout.toMillis() - AHEAD_MILLIS);
    var deadline = timer.schedule(() -> over(timeout), millis, TimeUnit.MILLISECONDS);
    var looks =
        timer.scheduleWithFixedDelay(
            () -> closeIfIdle(server), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  synchronized void stop() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  private void over(Duration timeout) {
    if (calls.size() > 0) {
      log.warn(
          "platform.drain.timeout of {} ms is over, calls that are cut: {}",
          timeout.toMillis(),
          calls.byMethod());
      calls.cut();
    }
  }

  /** Only the timer's thread comes here. */
  private void closeIfIdle(Server server) {
    long now = System.nanoTime();
    if (!unfinished.isEmpty()) {
      busyAt = now;
    } else if (now - busyAt > IDLE.toNanos()) {
      log.info("No call has been under way for {} ms, connections are closed", IDLE.toMillis());
      server.shutdownNow();
      stop();
    }
  }
}
