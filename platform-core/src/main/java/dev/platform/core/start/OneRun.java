package dev.platform.core.start;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.start.WarmUpReport.Part;
import dev.platform.core.start.WarmUpReport.Result;
import dev.platform.core.start.WarmUpReport.State;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The run of all warm-ups, as the task of its thread. Thread-safe. */
final class OneRun implements WarmUpRun, Runnable {

  private static final Logger log = LoggerFactory.getLogger(OneRun.class);

  /** The last part of the time is for work that ends by itself. */
  private static final int LAST_PART = 16;

  private final Map<String, ? extends WarmUp> warmUps;
  private final Duration max;
  private final WarmUpServers servers;
  private final Threads threads;
  private final LongSupplier nanoTime;
  private final long startedAt;
  private final long overAt;
  // guarded by this
  private final List<Part> ended = new ArrayList<>();
  private @Nullable String current;
  private long currentSince;
  private volatile long currentOverAt;
  private boolean done;
  private volatile boolean over;

  OneRun(
      Map<String, ? extends WarmUp> warmUps,
      Duration max,
      WarmUpServers servers,
      Threads threads,
      LongSupplier nanoTime) {
    this.warmUps = new LinkedHashMap<>(warmUps);
    this.max = max;
    this.servers = servers;
    this.threads = threads;
    this.nanoTime = nanoTime;
    this.startedAt = nanoTime.getAsLong();
    this.overAt = startedAt + max.minus(max.dividedBy(LAST_PART)).toNanos();
    this.currentOverAt = overAt;
  }

  @Override
  public boolean isOver() {
    return over || nanoTime.getAsLong() - currentOverAt >= 0;
  }

  @Override
  public Channel serve(BindableService... services) throws IOException {
    return servers.serve(services);
  }

  @Override
  public void run() {
    // OpenTelemetry's javaagent does not see what is derived from Context.root().
    try (Scope ignored = Context.current().with(unsampled()).makeCurrent()) {
      warmUps.forEach(this::run);
    } finally {
      finish();
    }
  }

  private void run(String name, WarmUp warmUp) {
    if (!begin(name)) {
      return;
    }
    try {
      warmUp.run(this);
      end(name, Result.DONE);
    } catch (Exception | LinkageError | AssertionError e) {
      if (end(name, Result.FAILED)) {
        log.warn("Warm-up {} failed; the start goes on without it", name, e);
      } else {
        log.debug("Warm-up {} was stopped", name, e);
      }
    }
  }

  /** The part's share of the time that is left equals that of each part after it. */
  private synchronized boolean begin(String name) {
    long time = nanoTime.getAsLong();
    long left = overAt - time;
    if (over || left <= 0) {
      return false;
    }
    current = name;
    currentSince = time;
    currentOverAt = time + left / (warmUps.size() - ended.size());
    return true;
  }

  /** Whether the part has ended in time. */
  private synchronized boolean end(String name, Result result) {
    if (!over) {
      ended.add(new Part(name, result, since(currentSince)));
      current = null;
    }
    return !over;
  }

  private synchronized void finish() {
    done = true;
    notifyAll();
  }

  /** Returns when all have ended, the run was ended, or the time is up. */
  synchronized void await() {
    try {
      for (long left = max.toNanos(); !done && !over && left > 0; left = left()) {
        threads.await(this, left);
      }
    } catch (InterruptedException e) {
      // Whoever interrupts the start does not want to wait for this.
      Thread.currentThread().interrupt();
    }
  }

  private long left() {
    return startedAt + max.toNanos() - nanoTime.getAsLong();
  }

  /** Ends the run, if it still runs. */
  void end() {
    synchronized (this) {
      over = true;
      notifyAll();
    }
    servers.close();
  }

  synchronized WarmUpReport report() {
    List<Part> parts = new ArrayList<>(ended);
    warmUps.keySet().stream().skip(ended.size()).map(this::unfinished).forEach(parts::add);
    return new WarmUpReport(State.ENDED, since(startedAt), List.copyOf(parts));
  }

  private Part unfinished(String name) {
    return name.equals(current)
        ? new Part(name, Result.STOPPED, since(currentSince))
        : new Part(name, Result.NOT_RUN, Duration.ZERO);
  }

  private Duration since(long start) {
    return Duration.ofNanos(nanoTime.getAsLong() - start);
  }

  /** Whatever is traced below it is not recorded, here or in other processes. */
  private static Span unsampled() {
    String id = UUID.randomUUID().toString().replace("-", "");
    return Span.wrap(
        SpanContext.create(
            id, id.substring(id.length() / 2), TraceFlags.getDefault(), TraceState.getDefault()));
  }
}
