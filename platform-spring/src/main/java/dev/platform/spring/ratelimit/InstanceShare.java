package dev.platform.spring.ratelimit;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.resolver.InstanceSource;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The part of a limit that one instance enforces alone: 1 divided by the number of instances that
 * discovery lists, whichever discovery there is. 1 while it lists none. Thread-safe; never blocks.
 */
final class InstanceShare implements DoubleSupplier, AutoCloseable {

  private final String service;
  private final @Nullable InstanceDirectory directory;
  private final Runnable unsubscribe;
  private volatile int listed;

  /**
   * @param service the name under which the instances are registered
   * @param directory the lists from etcd; null without etcd
   * @param others any other discovery, used without a directory; null for none
   */
  InstanceShare(
      String service, @Nullable InstanceDirectory directory, @Nullable InstanceSource others) {
    this.service = service;
    this.directory = directory;
    this.unsubscribe =
        directory != null || others == null
            ? () -> {}
            : others.subscribe(service, instances -> listed = instances.size());
  }

  @Override
  public double getAsDouble() {
    int instances = directory == null ? listed : directory.latest(service).instances().size();
    return 1.0 / Math.max(1, instances);
  }

  /** Follows the list no longer. */
  @Override
  public void close() {
    unsubscribe.run();
  }
}
