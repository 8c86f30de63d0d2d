package dev.platform.core.concurrent;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the gRPC server: a bounded number of them, of which as few run as the work needs.
 *
 * <p>To wake a thread costs more than a small call does, so calls that come together wake one:
 *
 * <ul>
 *   <li>A transport's thread reads all that has arrived, from all of its connections, before it
 *       wakes a thread for what it has read; or before that, if it is much.
 *   <li>At most one thread is being woken at a time, the one that became idle last. When it has
 *       found a task, it wakes the next one if there are more, as the scheduler of <a
 *       href="https://go.dev/src/runtime/proc.go">Go's runtime</a> does. So quick tasks are done by
 *       few threads, and tasks that block do not hold others up while there are threads.
 * </ul>
 *
 * <p>Tasks wait in one queue, without a bound. Idle threads end after a time, all but one.
 * Thread-safe; {@link #execute} never blocks.
 */
public final class HandlerPool implements Executor {

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  /** So many tasks are enough to wake a thread, even while a transport's thread reads more. */
  private static final int MANY = 32;

  /** Nobody is being woken. */
  private static final int NOTHING = 0;

  /** A transport's thread will wake one when it has handled what it has read. */
  private static final int READING = 1;

  /** Somebody looks for a thread, or that thread has not yet looked for a task. */
  private static final int WAKING = 2;

  private static final AtomicIntegerFieldUpdater<Worker> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Worker.class, "state");

  private final int maxThreads;
  private final long keepAliveNanos;
  private final ThreadFactory factory;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger threads = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();

  private final EventLoops loops;

  /** What is being done to wake a thread: {@link #NOTHING}, {@link #READING} or {@link #WAKING}. */
  private final AtomicInteger waking = new AtomicInteger();

  /** The thread that is reading, and the number of tasks that it has added; else meaningless. */
  private volatile @Nullable Thread reader;

  private int read;

  /**
   * The thread that became idle last, on top of those before. Only who is {@link #WAKING} takes
   * threads away, so that each that is taken was on top all the time.
   */
  private final AtomicReference<@Nullable Worker> top = new AtomicReference<>();

  private volatile boolean stopped;

  /**
   * @param maxThreads how many tasks run at a time at most
   */
  public HandlerPool(int maxThreads) {
    this(maxThreads, KEEP_ALIVE, EventLoops.available());
  }

  HandlerPool(int maxThreads, Duration keepAlive, EventLoops loops) {
    this(maxThreads, keepAlive, loops, DaemonThreadFactory.numbered("grpc-server-"));
  }

  HandlerPool(int maxThreads, Duration keepAlive, EventLoops loops, ThreadFactory factory) {
    this.loops = loops;
    this.maxThreads = maxThreads;
    this.keepAliveNanos = keepAlive.toNanos();
    this.factory = factory;
  }

  /**
   * Runs a task as soon as there is a thread for it.
   *
   * @throws RejectedExecutionException after {@link #shutdown}
   * @throws OutOfMemoryError if there is no thread, and the system has none; the task does not run
   */
  @Override
  public void execute(Runnable task) {
    if (stopped) {
      throw new RejectedExecutionException("the server's threads have ended");
    }
    tasks.add(task);
    try {
      wakeForTask();
    } catch (RuntimeException | Error e) {
      // A task that was taken meanwhile runs.
      if (tasks.remove(task)) {
        throw e;
      }
    }
  }

  /** No task is accepted from now on; those that wait still run. Does not block. */
  public void shutdown() {
    stopped = true;
    for (Worker each = top.get(); each != null; each = each.below) {
      LockSupport.unpark(each.thread);
    }
  }

  /** The threads that there are. */
  public int threads() {
    return threads.get();
  }

  /** The threads that run a task, or are about to. */
  public int active() {
    return Math.max(0, threads.get() - idle.get());
  }

  /** How many threads there are at most. */
  public int maxThreads() {
    return maxThreads;
  }

  /** The tasks that wait for a thread; counts them. */
  public int queued() {
    return tasks.size();
  }

  private void wakeForTask() {
    int now = waking.get();
    if (now == NOTHING) {
      wakeAfterReading();
    } else if (now == READING && !mayReadOn()) {
      stopReading();
    }
  }

  private void wakeAfterReading() {
    if (waking.compareAndSet(NOTHING, READING)) {
      read = 1;
      reader = Thread.currentThread();
      if (!loops.afterReading(this::stopReading)) {
        stopReading();
      }
    }
  }

  /** Another thread's tasks do not depend on what the reading one does. */
  private boolean mayReadOn() {
    return reader == Thread.currentThread() && ++read < MANY;
  }

  private void stopReading() {
    if (waking.compareAndSet(READING, WAKING)) {
      wake();
    }
  }

  private void wakeOne() {
    if (waking.compareAndSet(NOTHING, WAKING)) {
      wake();
    }
  }

  /**
   * Wakes a thread, or starts one, which holds {@link #WAKING} then. If all threads are busy, each
   * looks for the next task by itself.
   */
  private void wake() {
    do {
      Worker woken = takeIdle();
      if (woken != null) {
        LockSupport.unpark(woken.thread);
        return;
      }
      if (threads.get() < maxThreads && startOne()) {
        return;
      }
      waking.set(NOTHING);
      // A thread that became idle meanwhile could not wake itself.
    } while (top.get() != null && !tasks.isEmpty() && waking.compareAndSet(NOTHING, WAKING));
  }

  private @Nullable Worker takeIdle() {
    for (Worker first = top.get(); first != null; first = top.get()) {
      if (top.compareAndSet(first, first.below) && first.leaveIdle(Worker.AWAKE)) {
        return first;
      }
    }
    return null;
  }

  /** Returns false if the system has no more threads, and there are others to do the work. */
  private boolean startOne() {
    threads.incrementAndGet();
    try {
      new Worker(factory).thread.start();
      return true;
    } catch (RuntimeException | Error e) {
      if (threads.decrementAndGet() == 0) {
        waking.set(NOTHING);
        throw e;
      }
      return false;
    }
  }

  /** Returns false if it has been woken just now, or is the last one. */
  private synchronized boolean end(Worker idleOne) {
    if (!stopped && threads.get() == 1) {
      return false;
    }
    // Before it ends: who finds it ended must see that another one may be started.
    threads.decrementAndGet();
    boolean ends = idleOne.leaveIdle(Worker.ENDED);
    if (!ends) {
      threads.incrementAndGet();
    }
    return ends;
  }

  private final class Worker implements Runnable {

    private static final int AWAKE = 0;
    private static final int IDLE = 1;
    private static final int ENDED = 2;

    private final Thread thread;
    private volatile int state = AWAKE;

    /** Who became idle before. Written while it is not on the stack. */
    private volatile @Nullable Worker below;

    Worker(ThreadFactory factory) {
      this.thread = factory.newThread(this);
    }

    @Override
    public void run() {
      boolean woken = true;
      while (true) {
        Runnable task = tasks.poll();
        if (task != null) {
          if (woken) {
            woken = false;
            waking.set(NOTHING);
            if (!tasks.isEmpty()) {
              wakeOne();
            }
          }
          run(task);
        } else if (awaitWork(woken)) {
          woken = true;
        } else {
          return;
        }
      }
    }

    private void run(Runnable task) {
      try {
        task.run();
      } catch (Throwable e) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
      if (thread.isInterrupted()) {
        Thread.interrupted();
      }
    }

    /** Returns false if the thread ends; else it has been woken, and holds {@link #WAKING}. */
    private boolean awaitWork(boolean woken) {
      state = IDLE;
      idle.incrementAndGet();
      Worker first;
      do {
        first = top.get();
        below = first;
      } while (!top.compareAndSet(first, this));
      if (woken) {
        waking.set(NOTHING);
      }
      // Who added a task before this thread was seen to be idle may have woken nobody.
      if (!tasks.isEmpty()) {
        wakeOne();
      }
      while (state == IDLE) {
        if (!stopped) {
          // If it returns early for no reason, the thread only ends early.
          LockSupport.parkNanos(HandlerPool.this, keepAliveNanos);
          Thread.interrupted();
        }
        if (state == IDLE && end(this)) {
          return false;
        }
      }
      return true;
    }

    boolean leaveIdle(int next) {
      boolean left = STATE.compareAndSet(this, IDLE, next);
      if (left) {
        idle.decrementAndGet();
      }
      return left;
    }
  }
}
