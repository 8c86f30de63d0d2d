package dev.platform.starter.discovery;

import dev.platform.starter.etcd.EtcdConnection;
import dev.platform.starter.instance.EtcdServiceInstance;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Instances that vanished from etcd without having left, kept for a bounded time, while the balancer
 * finds out by connecting which of them still answer. On the connection's thread.
 */
final class HeldInstances {

  private static final int MASS = 3;

  private final EtcdConnection connection;
  private final long holdMillis;
  private final BooleanSupplier following;
  private final Runnable onReleased;
  private final Map<String, EtcdServiceInstance> instances = new TreeMap<>();

  /**
   * @param following whether etcd is in sight; nothing is released while it is not
   * @param onReleased what to do when held instances were given up
   */
  HeldInstances(
      EtcdConnection connection, long holdMillis, BooleanSupplier following, Runnable onReleased) {
    this.connection = connection;
    this.holdMillis = holdMillis;
    this.following = following;
    this.onReleased = onReleased;
  }

  /**
   * Whether what is missing from a new list says more about etcd than about the instances: etcd was
   * emptied, nothing is left, or more than half of at least three are gone.
   */
  static boolean isSuspicious(int missing, int before, boolean olderHistory) {
    return missing > 0
        && (olderHistory || missing == before || (missing >= MASS && missing * 2 > before));
  }

  long holdMillis() {
    return holdMillis;
  }

  void hold(Map<String, EtcdServiceInstance> missing) {
    if (holdMillis == 0) {
      return;
    }
    instances.putAll(missing);
    releaseLater(Map.copyOf(missing));
  }

  private void releaseLater(Map<String, EtcdServiceInstance> batch) {
    connection.schedule(
        () -> {
          if (!following.getAsBoolean()) {
            releaseLater(batch);
          } else if (instances.entrySet().removeAll(batch.entrySet())) {
            onReleased.run();
          }
        },
        holdMillis);
  }

  void forget(Collection<String> keys) {
    instances.keySet().removeAll(keys);
  }

  Collection<EtcdServiceInstance> instances() {
    return instances.values();
  }
}
