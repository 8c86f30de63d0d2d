package dev.platform.order;

import dev.platform.order.domain.RemoteFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.TriggerContext;
import org.springframework.transaction.TransactionException;

/**
 * Does what is due until nothing more is, then again after a pause. Each time that another service
 * or the database holds it up the pause is twice as long, up to a bound: whoever is in trouble gets
 * no further load from all that is left open because of it. For one thread at a time.
 */
final class RepeatedJob implements Runnable, Trigger {

  static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(RepeatedJob.class);
  private static final int MOST_DOUBLINGS = 16;

  private final String name;
  private final BooleanSupplier next;
  private final Duration interval;
  private final DoubleSupplier random;
  private final AtomicInteger holdUps = new AtomicInteger();

  /**
   * @param next does one thing that is due; false when there was none
   * @param interval the pause when all is well
   * @param random from 0 to 1, so that several instances don't come at once
   */
  RepeatedJob(String name, BooleanSupplier next, Duration interval, DoubleSupplier random) {
    this.name = name;
    this.next = next;
    this.interval = interval;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      boolean more = true;
      while (more && !Thread.currentThread().isInterrupted()) {
        more = next.getAsBoolean();
        goesOn();
      }
    } catch (RemoteFailure e) {
      if (holdUps.getAndIncrement() == 0) {
        log.warn("{} is held up, what is due is tried again later: {}", name, e.getMessage());
      }
    } catch (DataAccessException | TransactionException e) {
      if (holdUps.getAndIncrement() == 0) {
        log.warn("{} is held up by the database, it is tried again later", name, e);
      }
    }
  }

  @Override
  public Instant nextExecution(TriggerContext context) {
    Instant last = context.lastCompletion();
    return last == null ? context.getClock().instant() : last.plus(pause());
  }

  private void goesOn() {
    if (holdUps.getAndSet(0) != 0) {
      log.info("{} goes on", name);
    }
  }

  /** Between half of it and all of it, once it is longer than the interval. */
  private Duration pause() {
    int times = holdUps.get();
    if (times == 0 || interval.compareTo(LONGEST_PAUSE) >= 0) {
      return interval;
    }
    Duration longer = interval.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
    Duration bound = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    return Duration.ofNanos((long) (bound.toNanos() * (1 + random.getAsDouble()) / 2));
  }
}
