package dev.platform.core.discovery;

import dev.platform.core.concurrent.Threads;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the last known lists for the next start, at most one write a second per service, on a
 * thread of its own. A failing disk has no effect but one warning per change of state.
 */
final class Snapshots implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
  private static final long DELAY_SECONDS = 1;

  private final @Nullable SnapshotFiles files;
  private final @Nullable ScheduledExecutorService executor;
  private final Map<String, InstanceList> pending = new ConcurrentHashMap<>();
  private volatile boolean failing;

  private Snapshots(@Nullable SnapshotFiles files, @Nullable ScheduledExecutorService executor) {
    this.files = files;
    this.executor = executor;
  }

  static Snapshots in(SnapshotFiles files, Threads threads) {
    return new Snapshots(files, threads.timer("platform-snapshots"));
  }

  /** Saves and restores nothing. */
  static Snapshots none() {
    return new Snapshots(null, null);
  }

  /** Saves this list later, or a newer one instead. Never blocks. */
  void keep(InstanceList list) {
    if (executor == null) {
      return;
    }
    if (pending.put(list.serviceId(), list) == null) {
      schedule(() -> write(list.serviceId()));
    }
  }

  /** Reads what was saved before this start, if anything, on the snapshots' thread. */
  void restore(String serviceId, Consumer<InstanceList> consumer) {
    if (executor != null) {
      executor.execute(() -> read(serviceId).ifPresent(consumer));
    }
  }

  /** Writes what is pending and stops the thread. */
  @Override
  public void close() {
    if (executor == null) {
      return;
    }
    executor.shutdownNow();
    try {
      executor.awaitTermination(DELAY_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pending.keySet().forEach(this::write);
  }

  private void schedule(Runnable write) {
    try {
      if (executor != null) {
        var unused = executor.schedule(write, DELAY_SECONDS, TimeUnit.SECONDS);
      }
    } catch (RejectedExecutionException closing) {
      // close() writes what is pending.
    }
  }

  private void write(String serviceId) {
    InstanceList list = pending.remove(serviceId);
    if (list == null || files == null) {
      return;
    }
    try {
      files.write(list);
      failing = false;
    } catch (IOException | RuntimeException e) {
      warnOnce("can't be saved", serviceId, e);
    }
  }

  private Optional<InstanceList> read(String serviceId) {
    try {
      return files == null ? Optional.empty() : files.read(serviceId);
    } catch (IOException | RuntimeException e) {
      warnOnce("can't be restored", serviceId, e);
      return Optional.empty();
    }
  }

  private void warnOnce(String what, String serviceId, Exception e) {
    if (!failing) {
      failing = true;
      log.warn(
          "The list of {} {} (platform.discovery.snapshot.directory, .enabled): {}",
          serviceId,
          what,
          e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }
}
