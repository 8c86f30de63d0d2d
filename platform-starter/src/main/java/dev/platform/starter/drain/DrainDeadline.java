package dev.platform.starter.drain;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts calls that are still under way when the drain's time is over, and says which. */
final class DrainDeadline {

  private static final Logger log = LoggerFactory.getLogger(DrainDeadline.class);

  /** A moment before the server forgets them, so that their callers are told. */
  private static final long AHEAD_MILLIS = 100;

  private final OpenCalls calls;
  private @Nullable ScheduledExecutorService timer;

  DrainDeadline(OpenCalls calls) {
    this.calls = calls;
  }

  synchronized void start(Duration timeout) {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "platform-drain");
              thread.setDaemon(true);
              return thread;
            });
    long millis = Math.max(0, timeout.toMillis() - AHEAD_MILLIS);
    var unused = timer.schedule(() -> over(timeout), millis, TimeUnit.MILLISECONDS);
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
}
