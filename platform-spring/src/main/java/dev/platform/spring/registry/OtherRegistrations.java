package dev.platform.spring.registry;

import dev.platform.core.concurrent.Threads;
import dev.platform.spring.server.ServerListener;
import io.grpc.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.SmartApplicationListener;

/**
 * What this process has in other registries than etcd, such as ZooKeeper: as long as the app can
 * serve, and no operator has taken it out of service. Spring Cloud registers while the app starts,
 * and deregisters when it has stopped; {@link DeferredRegistries} passes both on to this. A
 * registry's client may block, so it is only called on a thread of its own; what fails is tried
 * again, and what a registry has lost is registered again. Thread-safe.
 */
public final class OtherRegistrations
    implements SmartApplicationListener, ServerListener, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OtherRegistrations.class);

  private final ConfigurableApplicationContext context;
  private final OtherRegistrationMetadata metadata;
  private final RegistrationListing listing;
  private final Duration checkInterval;
  private final Duration longestDeregistration;
  private final Threads threads;
  private final RandomGenerator random;
  // guarded by this
  private final List<OtherRegistration> registrations = new ArrayList<>();
  private final List<ScheduledExecutorService> executors = new ArrayList<>();
  private boolean ready;
  private boolean outOfService;
  private boolean leaving;

  /**
   * @param checkInterval how often the registries are asked whether they list what is registered
   * @param longestDeregistration after that a registry is left to find out by itself, by the end of
   *     the session
   */
  OtherRegistrations(
      ConfigurableApplicationContext context,
      OtherRegistrationMetadata metadata,
      RegistrationListing listing,
      Duration checkInterval,
      Duration longestDeregistration,
      Threads threads,
      RandomGenerator random) {
    this.context = context;
    this.metadata = metadata;
    this.listing = listing;
    this.checkInterval = checkInterval;
    this.longestDeregistration = longestDeregistration;
    this.threads = threads;
    this.random = random;
  }

  /** Registers as soon as the app can serve. Returns at once. */
  synchronized void register(ServiceRegistry<Registration> registry, Registration registration) {
    if (!leaving) {
      find(registry, registration).orElseGet(() -> add(registry, registration)).wanted(true);
    }
  }

  /** Deregisters. Returns at once. */
  synchronized void deregister(ServiceRegistry<Registration> registry, Registration registration) {
    find(registry, registration).ifPresent(known -> known.wanted(false));
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
    return AvailabilityChangeEvent.class.isAssignableFrom(type);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (event instanceof AvailabilityChangeEvent<?> change
        && Objects.equals(change.getSource(), context)) {
      readinessChanged(change);
    }
  }

  @Override
  public void grpcServerStarted(Server server, int port, @Nullable String address) {
    metadata.grpcServerStarted(port);
  }

  /** An operator has taken the process out of service in etcd, or put it back. */
  synchronized void outOfService(boolean out) {
    outOfService = out;
    apply();
  }

  /**
   * Deregisters permanently. Waits for the registries' answers, with a bound.
   *
   * @return whether clients may still see this process as an instance
   */
  public boolean leave() {
    List<CountDownLatch> answers = new ArrayList<>();
    boolean seen = false;
    synchronized (this) {
      leaving = true;
      for (OtherRegistration each : registrations) {
        seen |= each.mayBeSeen();
        answers.add(each.leave());
      }
    }
    await(answers);
    return seen;
  }

  @Override
  public synchronized void close() {
    leaving = true;
    executors.forEach(ScheduledExecutorService::shutdownNow);
  }

  private synchronized void readinessChanged(AvailabilityChangeEvent<?> change) {
    if (change.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
      // Readiness may accept before every server listens; Boot repeats the event afterwards.
      ready = context.isRunning();
      apply();
    } else if (change.getState() == ReadinessState.REFUSING_TRAFFIC) {
      ready = false;
      apply();
    }
  }

  private void apply() {
    registrations.forEach(each -> each.allowed(isAllowed()));
  }

  private boolean isAllowed() {
    return ready && !outOfService && !leaving;
  }

  private Optional<OtherRegistration> find(
      ServiceRegistry<Registration> registry, Registration registration) {
    return registrations.stream().filter(each -> each.isOf(registry, registration)).findFirst();
  }

  private OtherRegistration add(ServiceRegistry<Registration> registry, Registration registration) {
    ScheduledExecutorService thread = threads.timer("platform-registration");
    OtherRegistration added =
        new OtherRegistration(registry, registration, metadata, thread, random);
    added.allowed(isAllowed());
    registrations.add(added);
    executors.add(thread);
    check(added);
    return added;
  }

  /** On another thread: a look-up that blocks must not delay the deregistration. */
  private void check(OtherRegistration registration) {
    ScheduledExecutorService thread = threads.timer("platform-registration-check");
    executors.add(thread);
    long millis = (long) (checkInterval.toMillis() * (0.8 + 0.4 * random.nextDouble()));
    thread.scheduleWithFixedDelay(
        () -> registration.check(listing), millis, millis, TimeUnit.MILLISECONDS);
  }

  private void await(List<CountDownLatch> answers) {
    long end = System.nanoTime() + longestDeregistration.toNanos();
    try {
      for (CountDownLatch each : answers) {
        if (!each.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          log.warn("A registry did not confirm the deregistration in time");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
