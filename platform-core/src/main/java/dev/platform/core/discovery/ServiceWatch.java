package dev.platform.core.discovery;

import dev.platform.core.concurrent.Backoff;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.EtcdWatches;
import dev.platform.core.etcd.KeyRange;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import io.etcd.jetcd.api.Event;
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
import org.jspecify.annotations.Nullable;
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
  private final ListedValues values;

  // on the connection's thread
  private final TreeMap<String, Instance> current = new TreeMap<>();
  private final Set<String> leaving = new HashSet<>();
  private long revision;
  private long listRevision;
  private boolean fromDisk;
  private boolean stopped;
  private EtcdWatches.@Nullable Watch watch;
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
      Snapshots snapshots,
      ListedValues values) {
    this.serviceId = serviceId;
    this.connection = connection;
    this.codec = codec;
    this.clock = clock;
    this.backoff = backoff;
    this.snapshots = snapshots;
    this.values = values;
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

  /** A known list without instances. */
  InstanceList nothing() {
    return new InstanceList(serviceId, Origin.LIST, List.of(), 0, 0, clock.instant());
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

  /** Ends the watch. Who still waits for a first list gets the latest. */
  void stop() {
    connection.execute(
        () -> {
          stopped = true;
          watching = false;
          if (watch != null) {
            watch.cancel();
          }
          firstList.complete(latest);
        });
  }

  private void list() {
    if (!stopped) {
      ServiceListing.read(connection, range, serviceId, values, this::listed, this::notListed);
    }
  }

  private void notListed() {
    if (!latest.isKnown() && !stopped) {
      snapshots.restore(serviceId, list -> connection.execute(() -> restored(list)));
    }
    listLater();
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

  private void listed(ServiceListing listing) {
    if (stopped) {
      return;
    }
    values.report();
    TreeMap<String, Instance> fresh = listing.up();
    Set<String> marked = listing.outOfService();
    listRevision = listing.revision();
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
    watch = connection.watches().watch(range.key(), range.end(), watchFrom, this);
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
    values.report();
    publish(Origin.WATCH);
  }

  /**
   * An event from before the list: it only shows whether a missing instance has deregistered or
   * expired.
   */
  private void applyMissed(Event event) {
    String key = event.getKv().getKey().toStringUtf8();
    if (event.getType() == Event.EventType.PUT) {
      if (values.read(event.getKv(), 0).filter(instance -> !instance.isUp()).isPresent()) {
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
      values.forget(event.getKv().getKey());
      Instance expired = current.remove(key);
      if (expired != null) {
        logHeld(held.expired(key, expired, current.size()));
      }
      return;
    }
    held.forget(Set.of(key));
    int others = current.size() - (current.containsKey(key) ? 1 : 0);
    Optional<Instance> instance = values.read(event.getKv(), others);
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
    if (!stopped) {
      connection.retry(this::list, backoff.nextMillis());
    }
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
    if (stopped) {
      return;
    }
    latest = list;
    firstList.complete(list);
    subscribers.forEach(subscriber -> subscriber.accept(list));
  }
}
