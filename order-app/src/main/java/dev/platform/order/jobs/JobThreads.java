package dev.platform.order.jobs;

import dev.platform.order.domain.Task;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that work on due entries: a few for each task, so that none waits for another. */
final class JobThreads implements AutoCloseable {

  private final Map<Task, ExecutorService> pools = new EnumMap<>(Task.class);

  /**
   * @param atOnce how many entries of a task are worked on at once
   */
  JobThreads(int atOnce) {
    for (Task task : Task.values()) {
      pools.put(task, Executors.newFixedThreadPool(atOnce, named(task.id())));
    }
  }

  Executor of(Task task) {
    return Objects.requireNonNull(pools.get(task));
  }

  /** Interrupts what is in progress: it is due again when its claim ends. Does not block. */
  @Override
  public void close() {
    pools.values().forEach(ExecutorService::shutdownNow);
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "job-" + name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
