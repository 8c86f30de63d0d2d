package dev.platform.spring.registry;

import dev.platform.core.instance.Printable;
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
 * apart. Thread-safe; no method blocks.
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
  // on the thread
  private Presence presence = Presence.OUT;
  private int failures;

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

  boolean isOf(ServiceRegistry<Registration> registry, Registration registration) {
    return this.registry == registry && this.registration == registration;
  }

  /** Whether clients may still see it: also a little after it was deregistered. */
  boolean mayBeSeen() {
    return seen;
  }

  /** Whether Spring Cloud wants it. */
  void wanted(boolean wanted) {
    this.wanted = wanted;
    submit();
  }

  /** Whether the app can serve. */
  void allowed(boolean allowed) {
    this.allowed = allowed;
    submit();
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

  private void submit() {
    try {
      thread.execute(this::reconcile);
    } catch (RejectedExecutionException e) {
      log.debug("{} is not changed any more", name(), e);
    }
  }

  /** On the thread. */
  private void reconcile() {
    boolean target = wanted && allowed && !leaving;
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

  private void register() {
    if (presence == Presence.UNCERTAIN) {
      // Some clients remember what they failed to register, and ignore it when it comes again.
      registry.deregister(registration);
    }
    metadata.completeFor(registration);
    presence = Presence.UNCERTAIN;
    seen = true;
    registry.register(registration);
    presence = Presence.IN;
    log.info("Registered {} in {}", registration.getServiceId(), name());
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
