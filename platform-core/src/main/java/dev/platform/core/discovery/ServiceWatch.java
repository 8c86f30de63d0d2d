package dev.platform.core.discovery;

import com.google.protobuf.ByteString;
import dev.platform.core.concurrent.Backoff;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdWatches;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one service: lists its instances at some revision, then applies the watch's events one by
 * one from the next revision on. When the watch ends for any reason, the instances are listed
 * again, with jittered back-off; meanwhile the last list stays. When instances are missing from a
 * list and held, the next watch starts where the previous one ended: the missed events show which
 * of them have deregistered. State is kept on the connection's thread.
 */
final class ServiceWatch implements EtcdWatches.Listener {

  private static final Logger log = LoggerFactory.getLogger(ServiceWatch.class);

  private final String serviceId;
  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final Clock clock;
  private final Backoff backoff;
  private final HeldInstances held;
  private final KeyRange range;
  private final Snapshots snapshots;

  // on the connection's thread
  private final TreeMap<String, Instance> current = new TreeMap<>();
  private final Set<String> leaving = new HashSet<>();
  private long revision;
  private long listRevision;
  private boolean fromDisk;
  private volatile boolean watching;

  private final CompletableFuture<InstanceList> firstList = new CompletableFuture<>();
  private final List<Consumer<InstanceList>> subscribers = new CopyOnWriteArrayList<>();
  private volatile InstanceList latest;

  ServiceWatch(
      String serviceId,
      EtcdConnection connection,
      InstanceCodec codec,
      Clock clock,
      Backoff backoff,
      DiscoverySettings.Hold hold,
      Snapshots snapshots) {
    this.serviceId = serviceId;
    this.connection = connection;
    this.codec = codec;
    this.clock = clock;
    this.backoff = backoff;
    this.snapshots = snapshots;
    this.range = KeyRange.prefix(codec.prefix(serviceId));
    this.held = new HeldInstances(connection, hold, this::isWatching, () -> publish(Origin.WATCH));
    this.latest = new InstanceList(serviceId, Origin.NONE, List.of(), 0, 0, clock.instant());
  }

  void start() {
    connection.execute(this::list);
  }

  InstanceList latest() {
    return latest;
  }

  /** Whether the list follows etcd at this moment. */
  boolean isWatching() {
    return watching;
  }

  /** Completes with the first list; never exceptionally. */
  CompletableFuture<InstanceList> firstList() {
    return firstList;
  }

  /** Publishes the latest list, if there is one, and each later one, on the connection's thread. */
  void subscribe(Consumer<InstanceList> subscriber) {
    connection.execute(
        () -> {
          subscribers.add(subscriber);
          if (latest.isKnown()) {
            subscriber.accept(latest);
          }
        });
  }

  void unsubscribe(Consumer<InstanceList> subscriber) {
    connection.execute(() -> subscribers.remove(subscriber));
  }

  private void list() {
    connection.then(
        connection
            .kv()
            .range(RangeRequest.newBuilder().setKey(range.key()).setRangeEnd(range.end()).build()),
        this::listed,
        failure -> {
          if (!latest.isKnown()) {
            snapshots.restore(serviceId, list -> connection.execute(() -> restored(list)));
          }
          listLater();
        });
  }

  /** Used only while etcd has not answered yet. */
  private void restored(InstanceList list) {
    if (!latest.isKnown()) {
      log.warn(
          "{}: etcd does not answer; starting with {} instances known at {}",
          serviceId,
          list.instances().size(),
          list.updatedAt());
      list.instances().forEach(instance -> current.put(codec.key(instance), instance));
      revision = list.revision();
      fromDisk = true;
      publish(list);
    }
  }

  private void listed(RangeResponse answer) {
    listRevision = answer.getHeader().getRevision();
    Set<String> marked = new HashSet<>();
    TreeMap<String, Instance> fresh = new TreeMap<>();
    for (KeyValue kv : answer.getKvsList()) {
      String key = kv.getKey().toStringUtf8();
      read(key, kv.getValue())
          .ifPresent(
              instance -> {
                if (instance.isUp()) {
                  fresh.put(key, instance);
                } else {
                  marked.add(key);
                }
              });
    }
    Map<String, Instance> missing = new TreeMap<>(current);
    missing.keySet().removeAll(fresh.keySet());
    missing.keySet().removeAll(marked);
    boolean revisionWentBack = listRevision < revision;
    // A snapshot may be out of date: its instances are held only when etcd has none, or was
    // emptied.
    long watchFrom = listRevision + 1;
    if (!fromDisk || fresh.isEmpty() || revisionWentBack) {
      int newlyHeld = held.missing(missing, current.size(), fresh.size(), revisionWentBack);
      logHeld(newlyHeld);
      if (newlyHeld > 0 && !revisionWentBack) {
        watchFrom = revision + 1;
      }
    }
    fromDisk = false;
    held.forget(fresh.keySet());
    held.forget(marked);
    if (fresh.isEmpty()) {
      logHeld(held.lastLeft());
    }
    current.clear();
    current.putAll(fresh);
    leaving.clear();
    revision = listRevision;
    // Published first: once isWatching() is true, readers see this list.
    publish(Origin.LIST);
    watching = true;
    connection.watches().watch(range.key(), range.end(), watchFrom, this);
  }

  /** Not after the list: every watch may still be refused. */
  @Override
  public void onFollowing() {
    backoff.reset();
  }

  @Override
  public void onEvents(List<Event> events) {
    for (Event event : events) {
      if (event.getKv().getModRevision() <= listRevision) {
        applyMissed(event);
      } else {
        apply(event);
        revision = event.getKv().getModRevision();
      }
    }
    publish(Origin.WATCH);
  }

  /**
   * An event from before the list: it only shows whether a missing instance has deregistered or
   * expired.
   */
  private void applyMissed(Event event) {
    String key = event.getKv().getKey().toStringUtf8();
    if (event.getType() == Event.EventType.PUT) {
      if (read(key, event.getKv().getValue()).filter(instance -> !instance.isUp()).isPresent()) {
        leaving.add(key);
      } else {
        leaving.remove(key);
      }
    } else if (leaving.remove(key)) {
      held.forget(Set.of(key));
    }
  }

  private void apply(Event event) {
    String key = event.getKv().getKey().toStringUtf8();
    if (event.getType() == Event.EventType.DELETE) {
      Instance expired = current.remove(key);
      if (expired != null) {
        logHeld(held.expired(key, expired, current.size()));
      }
      return;
    }
    held.forget(Set.of(key));
    Optional<Instance> instance = read(key, event.getKv().getValue());
    if (instance.isPresent() && instance.get().isUp()) {
      current.put(key, instance.get());
    } else if (current.remove(key) != null && current.isEmpty()) {
      logHeld(held.lastLeft());
    }
  }

  private void logHeld(int count) {
    if (count > 0) {
      log.warn(
          "{}: {} instances vanished from etcd at once without deregistration;"
              + " they are kept for now",
          serviceId,
          count);
    }
  }

  @Override
  public void onBroken(String reason) {
    watching = false;
    log.debug("{}: the watch has ended ({}), listing again", serviceId, reason);
    listLater();
  }

  private void listLater() {
    connection.retry(this::list, backoff.nextMillis());
  }

  private Optional<Instance> read(String key, ByteString value) {
    return codec.read(serviceId, key, value);
  }

  private void publish(Origin origin) {
    List<Instance> instances = new ArrayList<>(current.values());
    instances.addAll(held.instances());
    InstanceList list =
        new InstanceList(
            serviceId,
            held.instances().isEmpty() ? origin : Origin.HELD,
            instances,
            held.instances().size(),
            revision,
            clock.instant());
    snapshots.keep(list);
    publish(list);
  }

  private void publish(InstanceList list) {
    latest = list;
    firstList.complete(list);
    subscribers.forEach(subscriber -> subscriber.accept(list));
  }
}
