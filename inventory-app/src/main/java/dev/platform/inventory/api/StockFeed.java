package dev.platform.inventory.api;

import dev.platform.inventory.domain.StockLevel;
import dev.platform.inventory.domain.StockLevels;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the watched levels and offers them to all watchers, on one thread for all of them.
 * Thread-safe.
 */
final class StockFeed {

  private static final Logger log = LoggerFactory.getLogger(StockFeed.class);
  private static final Status SHUTTING_DOWN =
      Status.UNAVAILABLE.withDescription("this instance is shutting down");

  private final StockLevels levels;
  private final ScheduledExecutorService executor;
  private final Duration interval;
  private final Set<StockWatcher> watchers = ConcurrentHashMap.newKeySet();
  // confined to the executor's thread
  private boolean failing;

  StockFeed(StockLevels levels, ScheduledExecutorService executor, Duration interval) {
    this.levels = levels;
    this.executor = executor;
    this.interval = interval;
  }

  /**
   * Polls instead of using LISTEN/NOTIFY: a poll, too, sees the changes of every instance, but
   * needs no dedicated connection and no trigger, works through a pooler and a failover, and does
   * not serialise all commits on NOTIFY's single lock.
   */
  void start() {
    long nanos = interval.toNanos();
    executor.scheduleWithFixedDelay(this::refreshAll, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  void add(StockWatcher watcher) {
    watchers.add(watcher);
  }

  void remove(StockWatcher watcher) {
    watchers.remove(watcher);
  }

  /** Runs a task on the feed's thread, then reads and offers the watcher's levels immediately. */
  void refresh(StockWatcher watcher, Runnable before) {
    try {
      executor.execute(
          () -> {
            before.run();
            read(watcher.watched()).ifPresent(read -> offer(watcher, read));
          });
    } catch (RejectedExecutionException e) {
      watcher.fail(SHUTTING_DOWN.asRuntimeException());
    }
  }

  private void refreshAll() {
    Set<String> watched = new HashSet<>();
    watchers.forEach(watcher -> watched.addAll(watcher.watched()));
    read(watched).ifPresent(read -> watchers.forEach(watcher -> offer(watcher, read)));
  }

  private static void offer(StockWatcher watcher, Map<String, StockLevel> read) {
    try {
      watcher.offer(read);
    } catch (RuntimeException e) {
      // One broken stream must not end the feed of all others.
      watcher.fail(e);
    }
  }

  /** Empty while the database is unavailable: the watchers stay and get their levels afterwards. */
  private Optional<Map<String, StockLevel>> read(Collection<String> productIds) {
    if (productIds.isEmpty()) {
      return Optional.of(Map.of());
    }
    try {
      Map<String, StockLevel> read = new HashMap<>();
      levels.of(productIds).forEach(level -> read.put(level.productId(), level));
      if (failing) {
        log.info("watched stock levels are read again");
      }
      failing = false;
      return Optional.of(read);
    } catch (RuntimeException e) {
      if (!failing) {
        log.warn("watched stock levels can't be read, will retry: {}", e.toString());
      }
      failing = true;
      return Optional.empty();
    }
  }
}
