package dev.platform.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a process, with timers. Its tasks run in their order; now and then the thread does
 * not get the processor for some milliseconds. What a task throws is an observation for the
 * checker.
 */
final class SimulatedThread extends AbstractExecutorService implements ScheduledExecutorService {

  private static final long LONGEST_DELAY = 20 * Loop.MILLI;

  private final Machine machine;
  private final String name;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private boolean woken;
  private boolean ended;

  SimulatedThread(Machine machine, String name) {
    this.machine = machine;
    this.name = name;
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException(name + " has ended");
    }
    tasks.add(task);
    wake();
  }

  private void wake() {
    if (!woken && !tasks.isEmpty()) {
      woken = true;
      long delay = 0;
      if (machine.random().nextInt(64) == 0) {
        delay = machine.random().nextLong(LONGEST_DELAY);
      }
      machine.after(delay, this::run);
    }
  }

  private void run() {
    woken = false;
    for (Runnable task = tasks.poll(); task != null && !ended; task = tasks.poll()) {
      run(task);
      if (machine.random().nextInt(64) == 0) {
        break;
      }
    }
    wake();
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      machine.history().thrown(machine, e);
    }
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return start(new Timer<>(task, null), unit.toNanos(delay));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return start(new Timer<>(task), unit.toNanos(delay));
  }

  private <V> Timer<V> start(Timer<V> timer, long nanos) {
    if (ended) {
      throw new RejectedExecutionException(name + " has ended");
    }
    timer.event =
        machine.after(
            nanos,
            () -> {
              if (!ended && !timer.isCancelled()) {
                tasks.add(timer);
                wake();
              }
            });
    return timer;
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    ended = true;
    List<Runnable> left = List.copyOf(tasks);
    tasks.clear();
    return left;
  }

  @Override
  public boolean isShutdown() {
    return ended;
  }

  @Override
  public boolean isTerminated() {
    return ended;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  private final class Timer<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

    private Loop.@Nullable Event event;

    @SuppressWarnings("NullAway") // the result is never read
    Timer(Runnable task, @Nullable V result) {
      super(task, result);
    }

    Timer(Callable<V> task) {
      super(task);
    }

    @Override
    protected void setException(Throwable failure) {
      super.setException(failure);
      machine.history().thrown(machine, failure);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      if (event != null) {
        event.cancel();
      }
      return super.cancel(false);
    }

    @Override
    public boolean isPeriodic() {
      return false;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      Loop.Event known = event;
      return known == null
          ? 0
          : unit.convert(known.time() - machine.loop().now(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
