package dev.platform.core.discovery;

import com.google.protobuf.ByteString;
import dev.platform.core.concurrent.Backoff;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdRange;
import dev.platform.core.etcd.EtcdWatches;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Follows which services have instances at all, by counting keys: a service appears with its first
 * key and disappears with its last one. When the watch ends for any reason the keys are listed
 * again, with jittered back-off. Of names beyond {@link ServiceNames#MAX_NAMES} and of keys beyond
 * the first 100,000 nothing is known. State is kept on the connection's thread.
 */
final class FollowedNames implements EtcdWatches.Listener {

  private static final int PAGE = 1000;
  private static final int MAX_PAGES = 100;

  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final Backoff backoff;
  private final KeyRange range;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();

  // on the connection's thread
  private Map<String, Integer> keys = Map.of();

  FollowedNames(EtcdConnection connection, InstanceCodec codec, Backoff backoff) {
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
  void start() {
    if (!listeners.isEmpty() && started.compareAndSet(false, true)) {
      connection.execute(this::list);
    }
  }

  private void list() {
    EtcdRange.read(connection, range, true, PAGE, new Counting());
  }

  private final class Counting implements EtcdRange.Reader {

    private final Map<String, Integer> fresh = new HashMap<>();
    private int pages;

    @Override
    public @Nullable ByteString page(List<KeyValue> page) {
      page.forEach(kv -> count(fresh, kv, 1));
      return ++pages < MAX_PAGES ? EtcdRange.after(page) : null;
    }

    @Override
    public void done(long revision) {
      // Also after the first list: it may be newer than the names that were asked for.
      boolean changed = !fresh.keySet().equals(keys.keySet());
      keys = fresh;
      if (changed) {
        publish();
      }
      connection.watches().watch(range.key(), range.end(), revision + 1, FollowedNames.this);
    }

    @Override
    public void failed(Status failure) {
      listLater();
    }
  }

  @Override
  public void onFollowing() {
    backoff.reset();
  }

  @Override
  public void onEvents(List<Event> events) {
    boolean changed = false;
    for (Event event : events) {
      changed |= count(keys, event.getKv(), difference(event));
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

  /** Whether the key's service has appeared or disappeared. */
  private boolean count(Map<String, Integer> counts, KeyValue kv, int difference) {
    if (difference == 0 || !ListedValues.isReadable(kv.getKey())) {
      return false;
    }
    return codec
        .serviceOf(kv.getKey().toStringUtf8())
        .map(name -> count(counts, name, difference))
        .orElse(false);
  }

  private static boolean count(Map<String, Integer> counts, String name, int difference) {
    int before = counts.getOrDefault(name, 0);
    int after = Math.max(0, before + difference);
    if (after == 0) {
      counts.remove(name);
    } else if (before > 0 || counts.size() < ServiceNames.MAX_NAMES) {
      counts.put(name, after);
    } else {
      return false;
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
