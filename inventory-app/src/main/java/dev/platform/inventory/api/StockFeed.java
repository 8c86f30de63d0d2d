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
 * Reads the levels that somebody watches and offers them to all watchers, on one thread however
 * many there are. Thread-safe.
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
   * A poll of what is watched rather than LISTEN/NOTIFY: it sees the changes of every instance too,
   * but needs no connection of its own and no trigger, works through a pooler and a failover, and
   * does not make all commits queue up for the one lock that NOTIFY takes.
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

  /** Does something on the feed's thread, then reads and offers the watcher's levels at once. */
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

  /** Nothing while the database is away: the watchers stay and get their levels afterwards. */
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
        log.warn("watched stock levels can't be read, trying on: {}", e.toString());
      }
      failing = true;
      return Optional.empty();
    }
  }
}
