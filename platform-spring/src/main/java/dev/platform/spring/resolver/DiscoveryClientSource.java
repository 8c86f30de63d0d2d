package dev.platform.spring.resolver;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.resolver.InstanceSource;
import dev.platform.spring.discovery.EtcdHeartbeat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.event.EventListener;

/**
 * Polls instances from any other {@link DiscoveryClient}: at once, after every heartbeat, and every
 * poll interval. When the client fails the last list stays. Polling may block, so it runs on a
 * thread of its own, which is started by the first subscription.
 */
final class DiscoveryClientSource implements InstanceSource, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiscoveryClientSource.class);

  private final DiscoveryClient client;
  private final Duration pollInterval;
  private final SkippedInstances skipped;
  private final Map<Subscriber, Boolean> subscribers = new ConcurrentHashMap<>();
  // guarded by this
  private @Nullable ScheduledExecutorService executor;
  private boolean closed;

  DiscoveryClientSource(DiscoveryClient client, Duration pollInterval, SkippedInstances skipped) {
    this.client = client;
    this.pollInterval = pollInterval;
    this.skipped = skipped;
  }

  @Override
  public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
    Subscriber entry = new Subscriber(serviceId, subscriber);
    subscribers.put(entry, true);
    submit(entry::poll);
    return () -> subscribers.remove(entry);
  }

  @Override
  public String describe() {
    String description;
    try {
      description = client.description();
    } catch (RuntimeException e) {
      description = null;
    }
    return description == null ? client.getClass().getSimpleName() : description;
  }

  /** Something may have changed, unless only etcd's lists have. */
  @EventListener
  void onHeartbeat(HeartbeatEvent event) {
    if (!(event.getSource() instanceof EtcdHeartbeat)) {
      pollAll();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (executor != null) {
      executor.shutdownNow();
    }
  }

  private void pollAll() {
    if (!subscribers.isEmpty()) {
      submit(() -> subscribers.keySet().forEach(Subscriber::poll));
    }
  }

  private synchronized void submit(Runnable task) {
    if (closed) {
      return;
    }
    if (executor == null) {
      executor = start();
    }
    executor.execute(task);
  }

  private ScheduledExecutorService start() {
    ScheduledExecutorService fresh =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "platform-discovery");
              thread.setDaemon(true);
              return thread;
            });
    long millis = pollInterval.toMillis();
    fresh.scheduleWithFixedDelay(this::pollAll, millis, millis, TimeUnit.MILLISECONDS);
    return fresh;
  }

  private final class Subscriber {

    private final String serviceId;
    private final Consumer<List<Instance>> consumer;
    private final ForeignInstances reader;
    private @Nullable List<Instance> last;
    private boolean failing;

    Subscriber(String serviceId, Consumer<List<Instance>> consumer) {
      this.serviceId = serviceId;
      this.consumer = consumer;
      this.reader = new ForeignInstances(serviceId, skipped);
    }

    /** On the source's thread. Never fails, whatever the client does: others are polled, too. */
    void poll() {
      try {
        List<Instance> instances = reader.read(client.getInstances(serviceId));
        failing = false;
        if (!instances.equals(last)) {
          last = instances;
          consumer.accept(instances);
        }
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        if (!failing) {
          failing = true;
          log.warn(
              "{} failed to list the instances of {}, keeping the last list: {}",
              describe(),
              serviceId,
              Printable.of(e.toString()));
        }
      }
    }
  }
}
