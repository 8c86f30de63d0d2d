package dev.platform.order.platform;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The keys of all instances in etcd, with their leases, which discovery does not need. As last read
 * from etcd. Thread-safe; never blocks.
 */
final class RegistryKeys {

  private static final int MAX_KEYS = 5000;
  private static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final AtomicLong nextRead = new AtomicLong(Long.MIN_VALUE);
  private volatile Map<String, Long> leases = Map.of();

  RegistryKeys(EtcdConnection connection, InstanceCodec codec) {
    this.connection = connection;
    this.codec = codec;
  }

  /**
   * Reads etcd asynchronously, at most once a second however many pages are open. While etcd is
   * unavailable, the previous result stays.
   */
  void refresh() {
    long now = connection.nanoTime();
    long due = nextRead.get();
    if ((due != Long.MIN_VALUE && now - due < 0)
        || !nextRead.compareAndSet(due, now + SHORTEST_PAUSE_NANOS)) {
      return;
    }
    KeyRange range = KeyRange.prefix(codec.root());
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(range.key())
            .setRangeEnd(range.end())
            .setKeysOnly(true)
            .setLimit(MAX_KEYS)
            .build();
    connection.then(connection.kv().range(request), this::keep, failure -> {});
  }

  /** The names of all services. */
  Set<String> services() {
    Set<String> names = new TreeSet<>();
    leases.keySet().forEach(key -> codec.serviceOf(key).ifPresent(names::add));
    return names;
  }

  /** The lease of an instance's key, in hexadecimal as etcdctl shows it; null if not known. */
  @Nullable String lease(String service, String address) {
    Long id = leases.get(codec.prefix(service) + address);
    return id == null || id == 0 ? null : Long.toHexString(id);
  }

  private void keep(RangeResponse answer) {
    Map<String, Long> found = new TreeMap<>();
    for (KeyValue key : answer.getKvsList()) {
      found.put(key.getKey().toStringUtf8(), key.getLease());
    }
    leases = found;
  }
}
