package dev.platform.core.concurrent;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that passes only while a thread blocks, and then at once. {@link #meanwhile} runs whenever
 * that happens.
 */
public class VirtualThreads implements Threads {

  private static final long STEP = Duration.ofMillis(10).toNanos();

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - STEP);

  /** Monotonic time, which overflows on the way. */
  public long nanoTime() {
    return nanos.get();
  }

  public void move(Duration forward) {
    nanos.addAndGet(forward.toNanos());
  }

  /** What happens while a thread blocks. */
  protected void meanwhile() {}

  @Override
  public void await(Object monitor, long left) {
    nanos.addAndGet(Math.min(left, STEP));
    meanwhile();
  }

  @Override
  public ScheduledExecutorService timer(String name) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public ExecutorService workers(String prefix) {
    throw new UnsupportedOperationException(prefix);
  }
}
