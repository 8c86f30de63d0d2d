package dev.platform.core.discovery;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdWatches;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Follows which services have instances at all, by counting keys: a service appears with its first
 * key and disappears with its last one. When the watch ends for any reason the keys are listed
 * again, with jittered back-off. State is kept on the connection's thread.
 */
final class ServiceNames implements EtcdWatches.Listener {

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final Backoff backoff;
  private final KeyRange range;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();

  // on the connection's thread
  private Map<String, Integer> keys = Map.of();

  ServiceNames(EtcdConnection connection, InstanceCodec codec, Backoff backoff) {
    this.connection = connection;
    this.codec = codec;
    this.backoff = backoff;
    this.range = KeyRange.prefix(codec.root());
  }

  /** Calls the listener after each change, on the connection's thread. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Starts to follow etcd, if there is a listener; once. */
  void follow() {
    if (!listeners.isEmpty() && started.compareAndSet(false, true)) {
      connection.execute(this::list);
    }
  }

  private void list() {
    connection.then(
        connection
            .kv()
            .range(
                RangeRequest.newBuilder()
                    .setKey(range.key())
                    .setRangeEnd(range.end())
                    .setKeysOnly(true)
                    .build()),
        this::listed,
        failure -> listLater());
  }

  private void listed(RangeResponse answer) {
    Map<String, Integer> fresh = new HashMap<>();
    for (KeyValue kv : answer.getKvsList()) {
      codec.serviceOf(kv.getKey().toStringUtf8()).ifPresent(name -> count(fresh, name, 1));
    }
    // Also after the first list: it may be newer than the names that were asked for.
    boolean changed = !fresh.keySet().equals(keys.keySet());
    keys = fresh;
    if (changed) {
      publish();
    }
    connection
        .watches()
        .watch(range.key(), range.end(), answer.getHeader().getRevision() + 1, this);
  }

  @Override
  public void onFollowing() {
    backoff.reset();
  }

  @Override
  public void onEvents(List<Event> events) {
    boolean changed = false;
    for (Event event : events) {
      int difference = difference(event);
      if (difference != 0) {
        changed |=
            codec
                .serviceOf(event.getKv().getKey().toStringUtf8())
                .map(name -> count(keys, name, difference))
                .orElse(false);
      }
    }
    if (changed) {
      publish();
    }
  }

  /** One more key, one less, or 0 for a new value of a known key. */
  private static int difference(Event event) {
    if (event.getType() == Event.EventType.DELETE) {
      return -1;
    }
    return event.getKv().getVersion() == 1 ? 1 : 0;
  }

  /** Whether the service has appeared or disappeared. */
  private static boolean count(Map<String, Integer> counts, String name, int difference) {
    int before = counts.getOrDefault(name, 0);
    int after = Math.max(0, before + difference);
    if (after == 0) {
      counts.remove(name);
    } else {
      counts.put(name, after);
    }
    return (before == 0) != (after == 0);
  }

  @Override
  public void onBroken(String reason) {
    listLater();
  }

  private void listLater() {
    connection.retry(this::list, backoff.nextMillis());
  }

  private void publish() {
    listeners.forEach(Runnable::run);
  }
}
