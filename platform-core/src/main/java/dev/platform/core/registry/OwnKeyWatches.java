package dev.platform.core.registry;

import com.google.protobuf.ByteString;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdWatches;
import io.etcd.jetcd.api.Event;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Detects at once when another process changes a key of this process. On the connection's thread.
 */
final class OwnKeyWatches {

  private final EtcdConnection connection;
  private final Runnable onChanged;
  private final Map<String, EtcdWatches.Watch> watches = new HashMap<>();
  private long leaseId;

  OwnKeyWatches(EtcdConnection connection, Runnable onChanged) {
    this.connection = connection;
    this.onChanged = onChanged;
  }

  /** Watches exactly these keys; those watched already stay so. */
  void watch(Collection<String> keys, long ownLeaseId, long startRevision) {
    leaseId = ownLeaseId;
    List<String> stale = watches.keySet().stream().filter(key -> !keys.contains(key)).toList();
    stale.forEach(this::cancel);
    for (String key : keys) {
      if (!watches.containsKey(key)) {
        watches.put(
            key,
            connection
                .watches()
                .watch(
                    KeyTransactions.bytes(key),
                    ByteString.EMPTY,
                    startRevision,
                    new Listener(key)));
      }
    }
  }

  void cancelAll() {
    List.copyOf(watches.keySet()).forEach(this::cancel);
  }

  private void cancel(String key) {
    EtcdWatches.Watch watch = watches.remove(key);
    if (watch != null) {
      watch.cancel();
    }
  }

  private final class Listener implements EtcdWatches.Listener {

    private final String key;

    Listener(String key) {
      this.key = key;
    }

    @Override
    public void onEvents(List<Event> events) {
      Event last = events.get(events.size() - 1);
      boolean own = last.getType() == Event.EventType.PUT && last.getKv().getLease() == leaseId;
      if (!own) {
        onChanged.run();
      }
    }

    /** The next renewal verifies, and watches again. */
    @Override
    public void onBroken(String reason) {
      watches.remove(key);
    }
  }
}
