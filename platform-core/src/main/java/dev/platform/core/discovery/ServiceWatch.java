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
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
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
 * of them have deregistered. Events wait until the {@linkplain InstanceDetails details} of those
 * before them are known. State is kept on the connection's thread.
 */
final class ServiceWatch implements EtcdWatches.Listener {

  private static final Logger log = LoggerFactory.getLogger(ServiceWatch.class);

  private final String serviceId;
  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final Clock clock;
  private final Backoff backoff;
  private final KeyRange range;
  private final Snapshots snapshots;
  private final ListedValues values;
  private final KnownInstances known;
  private final InstanceDetails details;

  // on the connection's thread
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean lookingUp;
  private boolean runningWaiting;
  private long revision;
  private long listRevision;
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
    this.known =
        new KnownInstances(
            values,
            new HeldInstances(
                serviceId, connection, hold, this::isWatching, () -> publish(Origin.WATCH)));
    this.details = new InstanceDetails(connection, codec, serviceId);
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
      Map<String, Instance> instances = new HashMap<>();
      list.instances().forEach(instance -> instances.put(codec.key(instance), instance));
      known.restore(instances);
      revision = list.revision();
      publish(list);
    }
  }

  private void listed(ServiceListing listing) {
    if (stopped) {
      return;
    }
    values.report();
    details.of(
        new HashSet<>(listing.bare().values()),
        found -> {
          listing.addDetails(found);
          listedWithDetails(listing);
        },
        this::notListed);
  }

  private void listedWithDetails(ServiceListing listing) {
    if (stopped) {
      return;
    }
    listRevision = listing.revision();
    details.listed(listing.bare(), known.keys());
    boolean revisionWentBack = listRevision < revision;
    boolean missedSome = known.list(listing, revisionWentBack) && !revisionWentBack;
    long watchFrom = (missedSome ? revision : listRevision) + 1;
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
    inOrder(
        () -> {
          lookingUp = true;
          details.of(events, found -> apply(events, found));
        });
  }

  private void apply(List<Event> events, List<Optional<Instance>> found) {
    try {
      for (int i = 0; i < events.size(); i++) {
        Event event = events.get(i);
        if (event.getKv().getModRevision() <= listRevision) {
          known.applyMissed(event, found.get(i));
        } else {
          known.apply(event, found.get(i));
          revision = event.getKv().getModRevision();
        }
      }
      values.report();
      publish(Origin.WATCH);
      EtcdWatches.Watch current = watch;
      if (details.isIncomplete() && current != null) {
        current.cancel();
        onBroken("the details of an instance can't be read");
      }
    } finally {
      lookingUp = false;
      runWaiting();
    }
  }

  private void runWaiting() {
    if (!runningWaiting) {
      runningWaiting = true;
      try {
        while (!lookingUp && !waiting.isEmpty()) {
          waiting.remove().run();
        }
      } finally {
        runningWaiting = false;
      }
    }
  }

  /** Details may have to be looked up for the events before. */
  private void inOrder(Runnable step) {
    if (lookingUp) {
      waiting.add(step);
    } else {
      step.run();
    }
  }

  @Override
  public void onBroken(String reason) {
    watching = false;
    watch = null;
    log.debug("{}: the watch has ended ({}), listing again", serviceId, reason);
    inOrder(this::listLater);
  }

  private void listLater() {
    if (!stopped) {
      connection.retry(this::list, backoff.nextMillis());
    }
  }

  private void publish(Origin origin) {
    int held = known.held();
    InstanceList list =
        new InstanceList(
            serviceId,
            held == 0 ? origin : Origin.HELD,
            known.instances(),
            held,
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
