package dev.platform.starter.test.etcd;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/** The open watch streams. Wakes them when the store has changed; never waits for one. */
final class WatchHub {

  private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();
  private final Executor executor;
  private final LongSupplier nanos;
  private final long progressNanos;

  WatchHub(Executor executor, LongSupplier nanos, Duration progressInterval) {
    this.executor = executor;
    this.nanos = nanos;
    this.progressNanos = progressInterval.toNanos();
  }

  void add(WatchStream stream) {
    streams.add(stream);
  }

  void remove(WatchStream stream) {
    streams.remove(stream);
  }

  int streams() {
    return streams.size();
  }

  void wakeAll() {
    streams.forEach(WatchStream::wake);
  }

  void reportProgress() {
    long now = nanos.getAsLong();
    streams.forEach(stream -> stream.reportProgress(now, progressNanos));
  }

  long nanos() {
    return nanos.getAsLong();
  }

  void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException stopping) {
      // The server is stopping, and ends the stream.
    }
  }
}
