package dev.platform.core.discovery;

import static java.util.Objects.requireNonNull;

import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Instances that vanished from etcd without deregistration, kept for a bounded time, while the load
 * balancer connects to find out which of them still answer. A single instance that vanishes has
 * crashed; when a large part of a service, or its last instance, vanishes, the fault is more likely
 * in etcd. On the connection's thread.
 */
final class HeldInstances {

  private final EtcdConnection connection;
  private final DiscoverySettings.Hold policy;
  private final long windowNanos;
  private final BooleanSupplier following;
  private final Runnable onReleased;
  private final HeldLog log;
  private final TreeMap<String, Held> instances = new TreeMap<>();
  private final Map<String, Expired> recent = new HashMap<>();

  /** An instance that is kept until its batch is released. */
  private record Held(Instance instance, Object batch) {}

  private record Expired(Instance instance, long at) {}

  /**
   * @param policy with its window
   * @param following whether the list follows etcd; nothing is released while it does not
   * @param onReleased runs when held instances were released
   */
  HeldInstances(
      String serviceId,
      EtcdConnection connection,
      DiscoverySettings.Hold policy,
      BooleanSupplier following,
      Runnable onReleased) {
    this.connection = connection;
    this.policy = policy;
    this.windowNanos = requireNonNull(policy.window(), "window").toNanos();
    this.following = following;
    this.onReleased = onReleased;
    this.log = new HeldLog(serviceId, connection);
  }

  /**
   * Handles instances that are missing from a new list.
   *
   * @param missing what was listed before and has not deregistered
   * @param before how many were listed before
   * @param remaining how many are listed in etcd now
   * @param revisionWentBack whether etcd's revision went backwards: it was emptied or restored
   * @return whether any are held now because of it
   */
  boolean missing(
      Map<String, Instance> missing, int before, int remaining, boolean revisionWentBack) {
    if (missing.isEmpty()
        || !(revisionWentBack || remaining == 0 || isLargePart(missing.size(), before))) {
      return false;
    }
    return hold(missing);
  }

  /**
   * Handles an instance whose key the watch reported as deleted.
   *
   * @param remaining how many are still listed in etcd
   */
  void expired(String key, Instance instance, int remaining) {
    forgetOld();
    recent.put(key, new Expired(instance, connection.nanoTime()));
    int vanished = recent.size() + instances.size();
    if (remaining == 0 || isLargePart(vanished, vanished + remaining)) {
      holdRecent();
    }
  }

  /** Holds what vanished shortly before the last instance in etcd has deregistered. */
  void lastLeft() {
    forgetOld();
    holdRecent();
  }

  /** These instances are back, or have deregistered. */
  void forget(Collection<String> keys) {
    instances.keySet().removeAll(keys);
    recent.keySet().removeAll(keys);
  }

  /** An instance at this address is back under another key. */
  void forgetAddress(HostAndPort address) {
    instances.values().removeIf(held -> held.instance.address().equals(address));
    recent.values().removeIf(expired -> expired.instance.address().equals(address));
  }

  /** What is held under this key had been replaced by this instance, which then vanished. */
  void replace(String key, Instance instance) {
    instances.computeIfPresent(key, (same, before) -> new Held(instance, before.batch));
  }

  /** Their keys. */
  Set<String> keys() {
    return instances.keySet();
  }

  List<Instance> instances() {
    return instances.values().stream().map(Held::instance).toList();
  }

  private void forgetOld() {
    long now = connection.nanoTime();
    recent.values().removeIf(expired -> now - expired.at > windowNanos);
  }

  private void holdRecent() {
    Map<String, Instance> batch = new TreeMap<>();
    recent.forEach((key, expired) -> batch.put(key, expired.instance));
    hold(batch);
  }

  private boolean isLargePart(int vanished, int before) {
    return before >= policy.minimumInstances() && vanished > policy.ratio() * before;
  }

  private boolean hold(Map<String, Instance> batch) {
    if (policy.time().isZero() || batch.isEmpty()) {
      return false;
    }
    recent.keySet().removeAll(batch.keySet());
    Object token = new Object();
    batch.forEach((key, instance) -> instances.put(key, new Held(instance, token)));
    releaseLater(token);
    log.held(batch.values());
    return true;
  }

  private void releaseLater(Object batch) {
    connection.schedule(
        () -> {
          if (!following.getAsBoolean()) {
            releaseLater(batch);
          } else if (instances.values().removeIf(held -> held.batch == batch)) {
            onReleased.run();
          }
        },
        policy.time().toMillis());
  }
}
