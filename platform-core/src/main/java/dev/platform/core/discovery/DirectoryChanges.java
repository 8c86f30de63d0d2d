package dev.platform.core.discovery;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.instance.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a listener after the instances of a watched service have changed, and after services have
 * appeared or disappeared, once {@link InstanceDirectory#serviceIds} was called: at most once a
 * second, and always after the last change. The listener runs on a thread of its own, which the
 * first change starts, and may block.
 */
public final class DirectoryChanges implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DirectoryChanges.class);
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

  private final InstanceDirectory directory;
  private final Threads threads;
  private final LongSupplier nanoTime;
  private final Runnable listener;
  private final Map<String, List<Instance>> last = new ConcurrentHashMap<>();

  // guarded by this
  private @Nullable ScheduledExecutorService timer;
  private boolean scheduled;
  private boolean closed;
  private long called;
  private boolean everCalled;

  /**
   * Nothing is followed before {@link #start}.
   *
   * @param nanoTime monotonic time
   */
  public DirectoryChanges(
      InstanceDirectory directory, Threads threads, LongSupplier nanoTime, Runnable listener) {
    this.directory = directory;
    this.threads = threads;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /** Follows the directory from here on. Call it once. */
  public void start() {
    directory.onServiceIdsChanged(this::changed);
    directory.addListener(
        new WatchedServices.Listener() {
          @Override
          public void watched(String serviceId) {
            directory.observe(serviceId, DirectoryChanges.this::published);
          }

          @Override
          public void unwatched(String serviceId) {
            last.remove(serviceId);
          }
        });
  }

  /** The listener is not called again, unless it runs at this moment. */
  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  private void published(InstanceList list) {
    List<Instance> before = last.put(list.serviceId(), list.instances());
    if (!list.instances().equals(before)) {
      changed();
    }
  }

  private synchronized void changed() {
    if (scheduled || closed) {
      return;
    }
    if (timer == null) {
      timer = threads.timer("platform-heartbeat");
    }
    long wait = everCalled ? INTERVAL - (nanoTime.getAsLong() - called) : 0;
    try {
      timer.schedule(this::call, Math.max(0, wait), TimeUnit.NANOSECONDS);
      scheduled = true;
    } catch (RejectedExecutionException e) {
      log.debug("A change of the directory is not published: its timer has ended", e);
    }
  }

  private void call() {
    synchronized (this) {
      if (closed) {
        return;
      }
      scheduled = false;
      everCalled = true;
      called = nanoTime.getAsLong();
    }
    try {
      listener.run();
    } catch (RuntimeException e) {
      log.warn("A listener for changed lists of instances failed", e);
    }
  }
}
