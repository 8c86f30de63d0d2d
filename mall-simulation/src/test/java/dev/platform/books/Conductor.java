package dev.platform.books;

import dev.platform.books.Point.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides at each step whether it happens, and which thread goes on: one at a time, always the same
 * one until it ends, waits for a lock in the database, or the plan switches.
 */
final class Conductor {

  private static final long LOOK_AFTER_MILLIS = 3;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();

  private final Map<Integer, Decision> plan;
  private final IntPredicate blocked;
  // guarded by this
  private final List<Point> points = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private Phase phase = Phase.REQUESTS;

  /**
   * @param plan what is chosen, by the point's number
   * @param blocked whether a server's process waits for a lock
   */
  Conductor(Map<Integer, Decision> plan, IntPredicate blocked) {
    this.plan = plan;
    this.blocked = blocked;
  }

  /** A piece of work that runs beside another. */
  record Work(String name, Runnable run) {}

  private enum State {
    PARKED,
    RUNNING,
    BLOCKED,
    DONE
  }

  // guarded by the conductor
  private static final class Worker {

    final String name;
    State state = State.RUNNING;
    @Nullable Step next;
    @Nullable Choice given;
    boolean go;
    int pid;
    @Nullable Throwable failure;

    Worker(String name) {
      this.name = name;
    }
  }

  synchronized void enter(Phase next) {
    phase = next;
  }

  synchronized Phase phase() {
    return phase;
  }

  synchronized List<Point> points() {
    return List.copyOf(points);
  }

  /** Where this history was not the same as the one that it repeats. */
  synchronized List<String> differences() {
    return List.copyOf(differences);
  }

  /** The name of the calling thread. */
  String thread() {
    Worker worker = CURRENT.get();
    return worker == null ? "-" : worker.name;
  }

  /**
   * Waits until the step's turn has come; returns what happens in its place, or null.
   *
   * @param pid the server's process that executes it; 0 for none
   */
  synchronized @Nullable Choice before(Step step, int pid) {
    Worker worker = CURRENT.get();
    if (worker == null) {
      return choose(step, false);
    }
    worker.next = step;
    worker.state = State.PARKED;
    notifyAll();
    while (!worker.go) {
      pause(0);
    }
    worker.go = false;
    worker.pid = pid;
    return worker.given;
  }

  private @Nullable Choice choose(Step step, boolean maySwitch) {
    Decision decision = plan.get(points.size());
    boolean possible =
        decision == null
            || (decision.step().equals(step) && (maySwitch || decision.choice() != Choice.SWITCH));
    if (!possible) {
      differences.add("not repeated at " + points.size() + ": " + step);
    }
    points.add(new Point(phase, step, maySwitch));
    return decision == null || !possible ? null : decision.choice();
  }

  /** Runs all to their ends, the first one first. */
  void together(List<Work> works) {
    List<Worker> workers = new ArrayList<>();
    for (Work work : works) {
      Worker worker = new Worker(work.name());
      workers.add(worker);
      Thread thread = new Thread(() -> run(worker, work.run()), "books-" + work.name());
      thread.setDaemon(true);
      thread.start();
    }
    synchronized (this) {
      direct(workers);
    }
    for (Worker worker : workers) {
      if (worker.failure != null) {
        throw new IllegalStateException("the thread " + worker.name + " failed", worker.failure);
      }
    }
  }

  private void run(Worker worker, Runnable work) {
    CURRENT.set(worker);
    try {
      before(new Step(worker.name, "", Step.Kind.BEGIN, "begin", true), 0);
      work.run();
    } catch (Throwable e) {
      worker.failure = e;
    } finally {
      synchronized (this) {
        worker.state = State.DONE;
        notifyAll();
      }
    }
  }

  private void direct(List<Worker> workers) {
    Worker going = workers.get(0);
    boolean switched = false;
    while (true) {
      settle(workers);
      List<Worker> parked = workers.stream().filter(each -> each.state == State.PARKED).toList();
      if (parked.isEmpty()) {
        if (workers.stream().allMatch(each -> each.state == State.DONE)) {
          return;
        }
        // They wait for each other: PostgreSQL ends one of them.
        pause(LOOK_AFTER_MILLIS);
        continue;
      }
      if (going.state != State.PARKED) {
        going = parked.get(0);
        switched = false;
      }
      Step step = Objects.requireNonNull(going.next);
      boolean maySwitch = parked.size() > 1 && step.shared() && !switched;
      Choice choice = choose(step, maySwitch);
      if (choice == Choice.SWITCH) {
        Worker left = going;
        going = parked.stream().filter(each -> each != left).findFirst().orElseThrow();
        switched = true;
        continue;
      }
      switched = false;
      going.given = choice;
      going.go = true;
      going.state = State.RUNNING;
      notifyAll();
    }
  }

  /** Waits until each has come to its next step, has ended, or waits for a lock. */
  private void settle(List<Worker> workers) {
    release(workers);
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      List<Worker> running = workers.stream().filter(each -> each.state == State.RUNNING).toList();
      if (running.isEmpty() && !release(workers)) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "no step for 30 s: " + running.stream().map(each -> each.name).toList());
      }
      pause(LOOK_AFTER_MILLIS);
      for (Worker each : running) {
        if (each.state == State.RUNNING && isBlocked(each)) {
          each.state = State.BLOCKED;
        }
      }
    }
  }

  /**
   * Those that no longer wait for a lock go on: what they waited for may have ended after it was
   * seen. Returns whether there is one.
   */
  private boolean release(List<Worker> workers) {
    List<Worker> free =
        workers.stream().filter(each -> each.state == State.BLOCKED && !isBlocked(each)).toList();
    free.forEach(each -> each.state = State.RUNNING);
    return !free.isEmpty();
  }

  private boolean isBlocked(Worker worker) {
    return worker.pid != 0 && blocked.test(worker.pid);
  }

  /** Until something has changed. */
  private void pause(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
