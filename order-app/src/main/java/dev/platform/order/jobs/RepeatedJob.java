package dev.platform.order.jobs;

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
 * Works until nothing more is due, then again after a pause. The pause doubles, up to a bound, with
 * each failure of another service or of the database, so that the backlog puts no further load on a
 * service in trouble. For one thread at a time.
 */
final class RepeatedJob implements Runnable, Trigger {

  static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(RepeatedJob.class);
  private static final int MOST_DOUBLINGS = 16;

  private final String name;
  private final BooleanSupplier next;
  private final Duration interval;
  private final DoubleSupplier random;
  private final AtomicInteger failures = new AtomicInteger();

  /**
   * @param next does one piece of due work; false when there was none
   * @param interval the pause when all is well
   * @param random from 0 to 1, jitter, so that several instances don't run at the same moment
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
        recovered();
      }
    } catch (RemoteFailure e) {
      if (failures.getAndIncrement() == 0) {
        log.warn("{} failed, will retry: {}", name, e.getMessage());
      }
    } catch (DataAccessException | TransactionException e) {
      if (failures.getAndIncrement() == 0) {
        log.warn("{} failed because of the database, will retry", name, e);
      }
    }
  }

  @Override
  public Instant nextExecution(TriggerContext context) {
    Instant last = context.lastCompletion();
    return last == null ? context.getClock().instant() : last.plus(pause());
  }

  private void recovered() {
    if (failures.getAndSet(0) != 0) {
      log.info("{} works again", name);
    }
  }

  /** With jitter between 50 % and 100 %, once the pause is longer than the interval. */
  private Duration pause() {
    int times = failures.get();
    if (times == 0 || interval.compareTo(LONGEST_PAUSE) >= 0) {
      return interval;
    }
    Duration longer = interval.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
    Duration bound = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    return Duration.ofNanos((long) (bound.toNanos() * (1 + random.getAsDouble()) / 2));
  }
}
