package dev.platform.spring.discovery;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.discovery.DirectoryChanges;
import dev.platform.core.discovery.InstanceDirectory;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes a {@link HeartbeatEvent} after lists of instances or names of services have changed, at
 * most one a second, on a thread of its own. Its value is a number that grows.
 */
public final class EtcdHeartbeat implements SmartInitializingSingleton, AutoCloseable {

  private final AtomicLong count = new AtomicLong();
  private final DirectoryChanges changes;

  EtcdHeartbeat(InstanceDirectory directory, ApplicationEventPublisher events) {
    this.changes =
        new DirectoryChanges(
            directory,
            Threads.daemons(),
            System::nanoTime,
            () -> events.publishEvent(new HeartbeatEvent(this, count.incrementAndGet())));
  }

  @Override
  public void afterSingletonsInstantiated() {
    changes.start();
  }

  @Override
  public void close() {
    changes.close();
  }
}
