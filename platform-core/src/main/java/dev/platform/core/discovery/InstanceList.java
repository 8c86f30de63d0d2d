package dev.platform.core.discovery;

import dev.platform.core.instance.Instance;
import java.time.Instant;
import java.util.List;

/**
 * The known instances of a service. Immutable.
 *
 * @param serviceId the service's name
 * @param origin where the list comes from
 * @param instances those that receive calls, held ones included, in the order of their keys
 * @param held how many of them are listed although etcd no longer has them
 * @param revision etcd's revision of the list; 0 when nothing is known
 * @param updatedAt when the list was read or changed
 */
public record InstanceList(
    String serviceId,
    Origin origin,
    List<Instance> instances,
    int held,
    long revision,
    Instant updatedAt) {

  /** Where a list comes from. */
  public enum Origin {
    /** Nothing is known yet. */
    NONE,
    /** It was read from etcd. */
    LIST,
    /** It was updated by events of the watch. */
    WATCH,
    /** It was read from disk, where an earlier process left it; etcd has not answered yet. */
    SNAPSHOT,
    /** Some of its instances vanished from etcd without deregistration, and are held. */
    HELD
  }

  public InstanceList {
    instances = List.copyOf(instances);
  }

  /** Whether this service has been read at all, even with no instance. */
  public boolean isKnown() {
    return origin != Origin.NONE;
  }
}
