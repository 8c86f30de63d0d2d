package dev.platform.core.discovery;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.Instance;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs which instances are held: one line for all that vanish shortly after each other, as leases
 * expire. The line comes when no more have vanished for two seconds, at the latest ten seconds
 * after the first. On the connection's thread.
 */
final class HeldLog {

  private static final Logger log = LoggerFactory.getLogger(HeldLog.class);

  private static final long QUIET_MILLIS = 2_000;
  private static final long LONGEST_MILLIS = 10_000;
  private static final int MOST_NAMES = 10;

  private final String serviceId;
  private final EtcdConnection connection;
  private final Set<String> addresses = new TreeSet<>();
  private long firstAt;
  private long lastAt;

  HeldLog(String serviceId, EtcdConnection connection) {
    this.serviceId = serviceId;
    this.connection = connection;
  }

  /** These are held from now on. */
  void held(Collection<Instance> instances) {
    boolean isFirst = addresses.isEmpty();
    instances.forEach(instance -> addresses.add(instance.address().toString()));
    lastAt = connection.nanoTime();
    if (isFirst) {
      firstAt = lastAt;
      logLater();
    }
  }

  private void logLater() {
    connection.schedule(this::logOrWait, QUIET_MILLIS);
  }

  private void logOrWait() {
    boolean isOver = millisSince(lastAt) >= QUIET_MILLIS || millisSince(firstAt) >= LONGEST_MILLIS;
    if (!isOver) {
      logLater();
      return;
    }
    log.warn(
        "{}: {} instances vanished from etcd at once without deregistration;"
            + " they are kept for now: {}",
        serviceId,
        addresses.size(),
        names());
    addresses.clear();
  }

  private long millisSince(long then) {
    return (connection.nanoTime() - then) / 1_000_000;
  }

  private String names() {
    String first = addresses.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    int others = addresses.size() - MOST_NAMES;
    return others > 0 ? first + " and " + others + " more" : first;
  }
}
