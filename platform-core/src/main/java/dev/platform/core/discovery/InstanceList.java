package dev.platform.core.discovery;

import dev.platform.core.instance.Instance;
import java.time.Instant;
import java.util.List;

/**
 * What is known of a service's instances. Immutable.
 *
 * @param serviceId the service's name
 * @param origin how it became known
 * @param instances those that take calls, held ones included, in the order of their keys
 * @param held how many of them are listed although etcd no longer has them
 * @param revision etcd's revision that the list was true at; 0 when nothing is known
 * @param updatedAt when it became known
 */
public record InstanceList(
    String serviceId,
    Origin origin,
    List<Instance> instances,
    int held,
    long revision,
    Instant updatedAt) {

  /** How a list became known. */
  public enum Origin {
    /** Nothing is known yet. */
    NONE,
    /** It was read as a whole. */
    LIST,
    /** It was changed by the watch's events. */
    WATCH,
    /** It was kept on disk by an earlier process; etcd has not answered since. */
    SNAPSHOT,
    /** Some of its instances vanished without having left, and are kept for a while. */
    HELD
  }

  public InstanceList {
    instances = List.copyOf(instances);
  }

  /** Whether etcd has told of this service at all, if only that it has no instance. */
  public boolean isKnown() {
    return origin != Origin.NONE;
  }
}
