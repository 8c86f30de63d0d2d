package dev.platform.core.etcd;

import dev.platform.starter.test.etcd.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock that a test can move forward. Thread-safe. */
public final class MovedTime {

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

  private final AtomicLong ahead = new AtomicLong();

  public long nanos() {
    return System.nanoTime() + ahead.get();
  }

  public void move(Duration forward) {
    ahead.addAndGet(forward.toNanos());
  }

  /** Opens a connection that uses this clock; its timers and deadlines run in real time. */
  public EtcdConnection open(EtcdServer etcd) {
    return EtcdConnection.builder(
            TestConnections.settings(List.of(etcd.endpoint().toString()), REQUEST_TIMEOUT))
        .nanoTime(this::nanos)
        .open();
  }
}
