package dev.platform.spring.resolver;

import dev.platform.core.instance.Instance;
import dev.platform.core.instance.Printable;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.resolver.InstanceSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * Polls the instances of one registry from its {@link DiscoveryClient}. While the client fails, or
 * does not answer, the last lists stay. A look-up may block, so the client is only called on its
 * own thread; at most one round of look-ups waits there. Thread-safe, never blocks.
 */
final class DiscoveryClientSource implements InstanceSource, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiscoveryClientSource.class);

  /** A longer look-up is interrupted, so that the registry's other services are looked up. */
  static final Duration LONGEST_LOOK_UP = Duration.ofSeconds(30);

  private final DiscoveryClient client;
  private final SkippedInstances skipped;
  private final LongSupplier nanoTime;
  private final ExecutorService thread;
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile String name;
  // guarded by this
  private @Nullable LookUp running;

  private record LookUp(Thread thread, String serviceId, long start) {}

  /**
   * @param nanoTime monotonic time in nanoseconds
   * @param thread one thread for this client alone; shut down by {@link #close}
   */
  DiscoveryClientSource(
      DiscoveryClient client,
      SkippedInstances skipped,
      LongSupplier nanoTime,
      ExecutorService thread) {
    this.client = client;
    this.skipped = skipped;
    this.nanoTime = nanoTime;
    this.thread = thread;
    this.name = client.getClass().getSimpleName();
  }

  @Override
  public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
    Subscriber entry = new Subscriber(serviceId, subscriber);
    subscribers.add(entry);
    submit();
    return () -> subscribers.remove(entry);
  }

  @Override
  public void refresh(String serviceId) {
    for (Subscriber each : subscribers) {
      if (each.serviceId.equals(serviceId)) {
        each.due = true;
      }
    }
    submit();
  }

  /** Something may have changed. */
  void refreshAll() {
    subscribers.forEach(each -> each.due = true);
    submit();
  }

  @Override
  public String describe() {
    long waiting = waitingNanos();
    return waiting < LONGEST_LOOK_UP.toNanos()
        ? name
        : "%s has not answered for %d s".formatted(name, Duration.ofNanos(waiting).toSeconds());
  }

  /** Interrupts a look-up that takes too long. */
  synchronized void interruptLongLookUp() {
    LookUp current = running;
    if (current != null && waitingNanos() >= LONGEST_LOOK_UP.toNanos()) {
      log.warn(
          "{} has not answered for {} s, keeping the last list of {}",
          name,
          Duration.ofNanos(waitingNanos()).toSeconds(),
          current.serviceId);
      current.thread.interrupt();
    }
  }

  @Override
  public void close() {
    subscribers.clear();
    thread.shutdownNow();
  }

  private synchronized long waitingNanos() {
    return running == null ? 0 : nanoTime.getAsLong() - running.start;
  }

  private void submit() {
    if (subscribers.isEmpty() || !queued.compareAndSet(false, true)) {
      return;
    }
    try {
      thread.execute(this::round);
    } catch (RejectedExecutionException e) {
      log.debug("{} is closed", name, e);
    }
  }

  private void round() {
    queued.set(false);
    name();
    for (Subscriber each : subscribers) {
      if (each.due) {
        each.due = false;
        each.poll();
      }
    }
  }

  private void name() {
    try {
      String description = client.description();
      if (description != null) {
        name = Printable.of(description);
      }
    } catch (RuntimeException | LinkageError e) {
      log.debug("{} has no description", name, e);
    }
  }

  private final class Subscriber {

    private final String serviceId;
    private final Consumer<List<Instance>> consumer;
    private final ForeignInstances reader;
    private volatile boolean due = true;
    private @Nullable List<Instance> last;
    private boolean failing;

    Subscriber(String serviceId, Consumer<List<Instance>> consumer) {
      this.serviceId = serviceId;
      this.consumer = consumer;
      this.reader = new ForeignInstances(serviceId, skipped);
    }

    /** On the client's thread. Never fails, whatever the client does: others are polled, too. */
    void poll() {
      try {
        List<Instance> instances = lookUp();
        failing = false;
        if (!instances.equals(last) && subscribers.contains(this)) {
          last = instances;
          consumer.accept(instances);
        }
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        if (!failing) {
          failing = true;
          log.warn(
              "{} failed to list the instances of {}, keeping the last list: {}",
              name,
              serviceId,
              Printable.of(e.toString()));
        }
      }
    }

    private List<Instance> lookUp() {
      begin(serviceId);
      try {
        return reader.read(client.getInstances(serviceId));
      } finally {
        end();
      }
    }
  }

  private synchronized void begin(String serviceId) {
    running = new LookUp(Thread.currentThread(), serviceId, nanoTime.getAsLong());
  }

  /** No interrupt comes after it. */
  private synchronized void end() {
    running = null;
    Thread.interrupted();
  }
}
