package dev.platform.spring.resolver;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.resolver.InstanceSource;
import dev.platform.core.resolver.MergedSource;
import dev.platform.spring.discovery.EtcdHeartbeat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.event.EventListener;

/**
 * The registries behind the application's other {@link DiscoveryClient}s, such as ZooKeeper. Each
 * is polled on a thread of its own: when a service is subscribed, after every heartbeat, and every
 * poll interval; so one that does not answer delays no other. Thread-safe, never blocks.
 */
final class OtherRegistries implements InstanceSource, AutoCloseable {

  private final List<DiscoveryClientSource> registries;
  private final MergedSource merged;
  private final Duration pollInterval;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean started = new AtomicBoolean();

  /**
   * @param clients the one whose metadata wins first
   * @param nanoTime monotonic time in nanoseconds
   */
  OtherRegistries(
      List<DiscoveryClient> clients,
      Duration pollInterval,
      SkippedInstances skipped,
      LongSupplier nanoTime,
      Threads threads) {
    this.registries =
        clients.stream()
            .map(
                client ->
                    new DiscoveryClientSource(
                        client, skipped, nanoTime, threads.timer("platform-discovery")))
            .toList();
    this.merged = new MergedSource(List.copyOf(registries));
    this.pollInterval = pollInterval;
    this.timer = threads.timer("platform-discovery-timer");
  }

  /** Whether there is no other registry. */
  boolean isEmpty() {
    return registries.isEmpty();
  }

  @Override
  public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
    if (started.compareAndSet(false, true)) {
      long millis = pollInterval.toMillis();
      timer.scheduleWithFixedDelay(this::tick, millis, millis, TimeUnit.MILLISECONDS);
    }
    return merged.subscribe(serviceId, subscriber);
  }

  @Override
  public void refresh(String serviceId) {
    merged.refresh(serviceId);
  }

  @Override
  public String describe() {
    return merged.describe();
  }

  /** Something may have changed, unless only etcd's lists have. */
  @EventListener
  void onHeartbeat(HeartbeatEvent event) {
    if (!(event.getSource() instanceof EtcdHeartbeat)) {
      registries.forEach(DiscoveryClientSource::refreshAll);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    registries.forEach(DiscoveryClientSource::close);
  }

  private void tick() {
    for (DiscoveryClientSource each : registries) {
      each.interruptLongLookUp();
      each.refreshAll();
    }
  }
}
