package dev.platform.core.discovery;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import io.etcd.jetcd.api.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The instances of one service: those of the last list, changed by the events after it, and those
 * that vanished and are held. By key: several keys may have one address, which is listed once. On
 * the connection's thread.
 */
final class KnownInstances {

  private final ListedValues values;
  private final HeldInstances held;
  private final TreeMap<String, Instance> current = new TreeMap<>();
  private final Set<String> leaving = new HashSet<>();
  private boolean fromDisk;

  KnownInstances(ListedValues values, HeldInstances held) {
    this.values = values;
    this.held = held;
  }

  /** From a snapshot, which may be out of date. */
  void restore(Map<String, Instance> instances) {
    current.putAll(instances);
    fromDisk = true;
  }

  /** The keys of current and held instances. */
  Collection<String> keys() {
    Set<String> keys = new HashSet<>(current.keySet());
    keys.addAll(held.keys());
    return keys;
  }

  /**
   * Replaces all by a list.
   *
   * @param revisionWentBack whether etcd's revision went backwards: it was emptied or restored
   * @return whether instances are held now because they are missing from it
   */
  boolean list(ServiceListing listing, boolean revisionWentBack) {
    TreeMap<String, Instance> fresh = listing.up();
    Set<String> marked = listing.outOfService();
    boolean heldAny = false;
    // The instances of a snapshot are held only when etcd has none, or was emptied.
    if (!fromDisk || fresh.isEmpty() || revisionWentBack) {
      Map<String, Instance> missing = missing(fresh, marked);
      heldAny = held.missing(missing, current.size(), fresh.size(), revisionWentBack);
    }
    fromDisk = false;
    held.forget(fresh.keySet());
    held.forget(marked);
    if (fresh.isEmpty()) {
      held.lastLeft();
    }
    current.clear();
    current.putAll(fresh);
    leaving.clear();
    return heldAny;
  }

  private Map<String, Instance> missing(TreeMap<String, Instance> fresh, Set<String> marked) {
    Map<String, Instance> missing = new TreeMap<>(current);
    missing.keySet().removeAll(fresh.keySet());
    missing.keySet().removeAll(marked);
    if (!missing.isEmpty()) {
      Set<HostAndPort> addresses = new HashSet<>();
      fresh.values().forEach(instance -> addresses.add(instance.address()));
      missing.values().removeIf(instance -> addresses.contains(instance.address()));
    }
    return missing;
  }

  /**
   * An event from before the list: it only shows whether a missing instance has deregistered or
   * expired, and which one was the last under its key.
   *
   * @param details what its second key says, if there is one
   */
  void applyMissed(Event event, Optional<Instance> details) {
    String key = event.getKv().getKey().toStringUtf8();
    if (event.getType() == Event.EventType.PUT) {
      Optional<Instance> put = values.read(event.getKv(), 0).map(details::orElse);
      if (put.filter(instance -> !instance.isUp()).isPresent()) {
        leaving.add(key);
      } else {
        leaving.remove(key);
        put.ifPresent(instance -> held.replace(key, instance));
      }
    } else if (leaving.remove(key) || isLeaving(details)) {
      held.forget(Set.of(key));
    }
  }

  /**
   * The next event after the list.
   *
   * @param details what its second key says, if there is one
   */
  void apply(Event event, Optional<Instance> details) {
    String key = event.getKv().getKey().toStringUtf8();
    if (event.getType() == Event.EventType.DELETE) {
      values.forget(event.getKv().getKey());
      if (isLeaving(details)) {
        left(key);
      } else {
        expired(key);
      }
      return;
    }
    held.forget(Set.of(key));
    int others = current.size() - (current.containsKey(key) ? 1 : 0);
    Optional<Instance> instance = values.read(event.getKv(), others);
    if (instance.isPresent() && details.orElse(instance.get()).isUp()) {
      current.put(key, details.orElse(instance.get()));
      if (isNotItsAddress(key, instance.get())) {
        held.forgetAddress(instance.get().address());
      }
    } else {
      left(key);
    }
  }

  private void left(String key) {
    if (current.remove(key) != null && current.isEmpty()) {
      held.lastLeft();
    }
  }

  private void expired(String key) {
    Instance expired = current.remove(key);
    if (expired != null && !hasAnotherKey(key, expired)) {
      held.expired(key, expired, current.size());
    }
  }

  /** A server that has started again may have a new key before the old one expires. */
  private boolean hasAnotherKey(String key, Instance instance) {
    return isNotItsAddress(key, instance)
        && current.values().stream().anyMatch(each -> each.address().equals(instance.address()));
  }

  private static boolean isNotItsAddress(String key, Instance instance) {
    return !key.endsWith("/" + instance.address());
  }

  private static boolean isLeaving(Optional<Instance> details) {
    return details.filter(instance -> !instance.isUp()).isPresent();
  }

  /** Those that receive calls, held ones last, each address once. */
  List<Instance> instances() {
    Map<HostAndPort, Instance> byAddress = new LinkedHashMap<>();
    current.values().forEach(instance -> byAddress.putIfAbsent(instance.address(), instance));
    held.instances().forEach(instance -> byAddress.putIfAbsent(instance.address(), instance));
    return new ArrayList<>(byAddress.values());
  }

  /** How many instances are held. */
  int held() {
    return held.instances().size();
  }
}
