package dev.platform.core.discovery;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that are watched: each with a subscriber, and those that were looked up lately, of
 * which there is a bounded number. A watch that nobody uses ends only while it follows etcd, so
 * nothing is forgotten during an outage. Thread-safe, never blocks.
 */
final class WatchedServices {

  private static final Logger log = LoggerFactory.getLogger(WatchedServices.class);

  private final EtcdConnection connection;
  private final Function<String, ServiceWatch> watches;
  private final Duration idle;
  private final int maxLookedUp;
  private final ConcurrentMap<String, Entry> services = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private boolean sweeping; // guarded by this
  private boolean warned; // guarded by this

  /** Notified of each service that is watched, and of each that is not watched any more. */
  interface Listener {

    void watched(String serviceId);

    void unwatched(String serviceId);
  }

  private static final class Entry {

    private final ServiceWatch watch;
    private volatile long lookedUpAt;
    private int subscribers; // guarded by the services

    Entry(ServiceWatch watch) {
      this.watch = watch;
    }
  }

  /**
   * @param watches makes a watch that is not started yet
   * @param idle how long a service without subscribers stays watched after a look-up
   * @param maxLookedUp how many services without subscribers are watched
   */
  WatchedServices(
      EtcdConnection connection,
      Function<String, ServiceWatch> watches,
      Duration idle,
      int maxLookedUp) {
    this.connection = connection;
    this.watches = watches;
    this.idle = idle;
    this.maxLookedUp = maxLookedUp;
  }

  /** The watch of this service, for a look-up; one that knows nothing when there are too many. */
  ServiceWatch lookUp(String serviceId) {
    Entry known = services.get(serviceId);
    if (known == null) {
      known = added(serviceId, false);
      if (known == null) {
        return unknown(serviceId);
      }
    }
    known.lookedUpAt = connection.nanoTime();
    return known.watch;
  }

  InstanceDirectory.Subscription subscribe(String serviceId, Consumer<InstanceList> subscriber) {
    Entry entry = added(serviceId, true);
    if (entry == null) {
      ServiceWatch nothing = unknown(serviceId);
      connection.execute(() -> subscriber.accept(nothing.nothing()));
      return () -> {};
    }
    entry.watch.subscribe(subscriber);
    return new Ending(entry, subscriber);
  }

  /** The watch of this service, if there is one; does not count as a look-up. */
  Optional<ServiceWatch> find(String serviceId) {
    return Optional.ofNullable(services.get(serviceId)).map(entry -> entry.watch);
  }

  Collection<ServiceWatch> all() {
    return services.values().stream().map(entry -> entry.watch).toList();
  }

  /** Calls the listener for each service that is watched now or later. */
  synchronized void addListener(Listener listener) {
    listeners.add(listener);
    services.keySet().forEach(listener::watched);
  }

  private @Nullable Entry added(String serviceId, boolean subscribed) {
    synchronized (this) {
      Entry entry = services.get(serviceId);
      if (entry == null) {
        if (!InstanceCodec.isServiceName(serviceId) || (!subscribed && !hasRoom())) {
          return null;
        }
        entry = new Entry(watches.apply(serviceId));
        entry.lookedUpAt = connection.nanoTime();
        services.put(serviceId, entry);
        entry.watch.start();
        listeners.forEach(listener -> listener.watched(serviceId));
        sweepLater();
      }
      if (subscribed) {
        entry.subscribers++;
      }
      return entry;
    }
  }

  /** At the bound, the service whose look-up is longest ago is not watched any more. */
  private boolean hasRoom() {
    List<Entry> lookedUp =
        services.values().stream().filter(entry -> entry.subscribers == 0).toList();
    if (lookedUp.size() < maxLookedUp) {
      warned = false;
      return true;
    }
    if (!warned) {
      warned = true;
      log.warn(
          "{} services are watched because they were looked up; others take their place"
              + " (platform.discovery.max-looked-up)",
          maxLookedUp);
    }
    Optional<Entry> oldest =
        lookedUp.stream()
            .filter(entry -> entry.watch.isWatching())
            .min(Comparator.comparingLong(entry -> entry.lookedUpAt - connection.nanoTime()));
    oldest.ifPresent(this::end);
    return oldest.isPresent();
  }

  private void end(Entry entry) {
    String serviceId = entry.watch.latest().serviceId();
    services.remove(serviceId, entry);
    entry.watch.stop();
    listeners.forEach(listener -> listener.unwatched(serviceId));
  }

  private void sweepLater() {
    if (!sweeping && !idle.isZero()) {
      sweeping = true;
      var unused = connection.schedule(this::sweep, Math.max(1, idle.toMillis() / 4));
    }
  }

  private synchronized void sweep() {
    sweeping = false;
    long now = connection.nanoTime();
    services.values().stream()
        .filter(entry -> entry.subscribers == 0 && entry.watch.isWatching())
        .filter(entry -> now - entry.lookedUpAt >= idle.toNanos())
        .toList()
        .forEach(this::end);
    if (!services.isEmpty()) {
      sweepLater();
    }
  }

  /** Not started: it knows nothing, now and later. */
  private ServiceWatch unknown(String serviceId) {
    ServiceWatch never = watches.apply(serviceId);
    never.stop();
    return never;
  }

  private final class Ending implements InstanceDirectory.Subscription {

    private final Entry entry;
    private final Consumer<InstanceList> subscriber;
    private boolean ended; // guarded by the services

    Ending(Entry entry, Consumer<InstanceList> subscriber) {
      this.entry = entry;
      this.subscriber = subscriber;
    }

    @Override
    public void cancel() {
      synchronized (WatchedServices.this) {
        if (ended) {
          return;
        }
        ended = true;
        entry.subscribers--;
        entry.lookedUpAt = connection.nanoTime();
      }
      entry.watch.unsubscribe(subscriber);
    }
  }
}
