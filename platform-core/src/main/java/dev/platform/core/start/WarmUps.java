package dev.platform.core.start;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.start.WarmUpReport.Part;
import dev.platform.core.start.WarmUpReport.Result;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a process's warm-ups once, within a bound. Thread-safe. */
public final class WarmUps {

  private static final Logger log = LoggerFactory.getLogger(WarmUps.class);

  private final WarmUpSettings settings;
  private final Supplier<WarmUpChains> chains;
  private final Threads threads;
  private final LongSupplier nanoTime;
  // guarded by this
  private boolean hasRun;
  private @Nullable OneRun running;
  private boolean stopped;
  private volatile WarmUpReport report = WarmUpReport.NONE;

  /**
   * @param chains makes the interceptors of warm-up calls, when there are any
   * @param nanoTime monotonic time in nanoseconds
   */
  public WarmUps(
      WarmUpSettings settings,
      Supplier<WarmUpChains> chains,
      Threads threads,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.chains = chains;
    this.threads = threads;
    this.nanoTime = nanoTime;
  }

  /**
   * Runs these one after the other. Blocks until all have ended, the time is up, or {@link #stop}
   * is called; then interrupts the one that still runs, and does not wait for it. Never throws for
   * what they do.
   *
   * @param parts by name, in their order
   * @throws IllegalStateException if it has run before
   */
  public WarmUpReport run(Map<String, ? extends WarmUp> parts) {
    OneRun begun = begin(parts);
    if (begun == null) {
      return report;
    }
    ExecutorService thread = threads.workers("platform-warm-up-");
    try {
      thread.execute(begun);
      begun.await();
    } finally {
      end(begun);
      thread.shutdownNow();
    }
    log(report);
    return report;
  }

  private synchronized @Nullable OneRun begin(Map<String, ? extends WarmUp> parts) {
    if (hasRun) {
      throw new IllegalStateException("The process has been warmed up already");
    }
    hasRun = true;
    if (stopped || settings.max().isZero() || parts.isEmpty()) {
      return null;
    }
    report = WarmUpReport.RUNNING;
    running = new OneRun(parts, settings.max(), new WarmUpServers(chains.get()), threads, nanoTime);
    return running;
  }

  private synchronized void end(OneRun begun) {
    begun.end();
    report = begun.report();
    running = null;
  }

  /** Ends a run at once, and permits no other. Does nothing after its end. */
  public synchronized void stop() {
    stopped = true;
    if (running != null) {
      running.end();
    }
  }

  /** Whether {@link #stop} was called. */
  public synchronized boolean isStopped() {
    return stopped;
  }

  /** What has been done so far. */
  public WarmUpReport report() {
    return report;
  }

  private void log(WarmUpReport ended) {
    String parts = ended.parts().stream().map(WarmUps::text).collect(Collectors.joining(", "));
    boolean cut =
        ended.parts().stream()
            .anyMatch(part -> part.result() == Result.STOPPED || part.result() == Result.NOT_RUN);
    if (cut && !isStopped()) {
      log.warn(
          "Warm-up was stopped after {} ms ({}), the limit of platform.start.warm-up.max",
          ended.took().toMillis(),
          parts);
    } else {
      log.info("Warm-up took {} ms: {}", ended.took().toMillis(), parts);
    }
  }

  private static String text(Part part) {
    String time = part.name() + " " + part.took().toMillis() + " ms";
    return switch (part.result()) {
      case DONE -> time;
      case FAILED -> time + " (failed)";
      case STOPPED -> time + " (stopped)";
      case NOT_RUN -> part.name() + " not run";
    };
  }
}
