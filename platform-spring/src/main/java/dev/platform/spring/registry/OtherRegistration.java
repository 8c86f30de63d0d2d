package dev.platform.spring.registry;

import dev.platform.core.instance.Printable;
import dev.platform.spring.registry.RegistrationListing.Answer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * One registration in another registry. What is there is changed to what should be, on the thread
 * of this registration; after a failure again, for ever, from half a second on up to half a minute
 * apart. What the registry has lost is registered again. Thread-safe; only {@link #check} blocks.
 */
final class OtherRegistration {

  private static final Logger log = LoggerFactory.getLogger(OtherRegistration.class);
  private static final long SHORTEST_DELAY_MILLIS = 500;
  private static final long LONGEST_DELAY_MILLIS = 30_000;

  private final ServiceRegistry<Registration> registry;
  private final Registration registration;
  private final OtherRegistrationMetadata metadata;
  private final ScheduledExecutorService thread;
  private final RandomGenerator random;
  private volatile boolean wanted;
  private volatile boolean allowed;
  private volatile boolean leaving;
  private volatile boolean seen;
  // changed on the thread
  private volatile Presence presence = Presence.OUT;
  // on the thread
  private int failures;
  // in check
  private int missed;

  private enum Presence {
    OUT,
    /** Changed, and not confirmed. */
    UNCERTAIN,
    IN
  }

  /**
   * @param registry blocks
   * @param thread one thread, for this registration alone
   */
  OtherRegistration(
      ServiceRegistry<Registration> registry,
      Registration registration,
      OtherRegistrationMetadata metadata,
      ScheduledExecutorService thread,
      RandomGenerator random) {
    this.registry = registry;
    this.registration = registration;
    this.metadata = metadata;
    this.thread = thread;
    this.random = random;
  }

  /** Consul's client makes a new object of the same id each time for the management port. */
  boolean isOf(ServiceRegistry<Registration> registry, Registration registration) {
    return this.registry == registry
        && (this.registration == registration
            || (registration.getInstanceId() != null
                && registration.getInstanceId().equals(this.registration.getInstanceId())));
  }

  /** Whether clients may still see it: also a little after it was deregistered. */
  boolean mayBeSeen() {
    return seen;
  }

  /** Whether Spring Cloud wants it. */
  void wanted(boolean wanted) {
    this.wanted = wanted;
    submit(this::reconcile);
  }

  /** Whether the app can serve. */
  void allowed(boolean allowed) {
    this.allowed = allowed;
    submit(this::reconcile);
  }

  /**
   * Registers again if the registry does not list it. A registry that restarts without its data has
   * lost it, and not every client finds out. That it is missing may also mean that the registry
   * takes it for unhealthy: so each time after twice as many checks. Called by one thread.
   *
   * @param listing blocks
   */
  void check(RegistrationListing listing) {
    if (presence != Presence.IN || listing.find(registration) != Answer.MISSING) {
      missed = 0;
    } else if (++missed > 1 && Integer.bitCount(missed) == 1) {
      submit(this::registerAgain);
    }
  }

  /** Deregisters permanently, in one attempt; counted down after it. */
  CountDownLatch leave() {
    CountDownLatch done = new CountDownLatch(1);
    leaving = true;
    try {
      thread.execute(
          () -> {
            reconcile();
            done.countDown();
          });
    } catch (RejectedExecutionException e) {
      done.countDown();
    }
    return done;
  }

  private void submit(Runnable change) {
    try {
      thread.execute(change);
    } catch (RejectedExecutionException e) {
      log.debug("{} is not changed any more", name(), e);
    }
  }

  /** On the thread. */
  private void reconcile() {
    boolean target = isTarget();
    if (presence == (target ? Presence.IN : Presence.OUT)) {
      return;
    }
    try {
      if (target) {
        register();
      } else {
        deregister();
      }
      failures = 0;
    } catch (RuntimeException | LinkageError e) {
      failed(target, e);
    }
  }

  private boolean isTarget() {
    return wanted && allowed && !leaving;
  }

  private void register() {
    if (presence == Presence.UNCERTAIN) {
      forget();
    }
    put();
    log.info("Registered {} in {}", registration.getServiceId(), name());
  }

  /** Some clients remember what they failed to register, and ignore it when it comes again. */
  private void forget() {
    try {
      registry.deregister(registration);
    } catch (RuntimeException | LinkageError e) {
      // As a rule it was never there: Consul answers 404 then.
      log.debug("{} did not deregister {}", name(), registration.getServiceId(), e);
    }
  }

  private void put() {
    metadata.completeFor(registration);
    presence = Presence.UNCERTAIN;
    seen = true;
    registry.register(registration);
    presence = Presence.IN;
  }

  /** On the thread. */
  private void registerAgain() {
    if (presence != Presence.IN || !isTarget()) {
      return;
    }
    try {
      put();
      log.info("{} did not list {}: registered again", name(), registration.getServiceId());
    } catch (RuntimeException | LinkageError e) {
      failed(true, e);
    }
  }

  private void deregister() {
    presence = Presence.UNCERTAIN;
    registry.deregister(registration);
    presence = Presence.OUT;
    log.info("Deregistered {} from {}", registration.getServiceId(), name());
  }

  private void failed(boolean target, Throwable failure) {
    if (++failures == 1) {
      log.warn(
          "{} failed to {} {}, trying again: {}",
          name(),
          target ? "register" : "deregister",
          registration.getServiceId(),
          Printable.of(failure.toString()));
    }
    if (!leaving) {
      long delay =
          Math.min(LONGEST_DELAY_MILLIS, SHORTEST_DELAY_MILLIS << Math.min(failures - 1, 10));
      long jittered = (long) (delay * (0.8 + 0.4 * random.nextDouble()));
      try {
        thread.schedule(this::reconcile, jittered, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        log.debug("{} is not tried again", name(), e);
      }
    }
  }

  private String name() {
    return registry.getClass().getSimpleName();
  }
}
