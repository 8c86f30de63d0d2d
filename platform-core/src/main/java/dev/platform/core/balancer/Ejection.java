package dev.platform.core.balancer;

import dev.platform.core.outcome.CallOutcome;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Decides by the outcomes of calls to one instance whether the instance is ejected. The algorithm
 * is Envoy's outlier detection, with two additions. After an ejection a single call goes to the
 * instance, its trial; it gets others only after that has succeeded. Then it is on probation, for
 * as long as its last ejection: the first failure ejects it again, for twice as long. Thread-safe,
 * never blocks.
 */
final class Ejection {

  private final LongSupplier nanoTime;

  // guarded by this
  private OutlierDetection properties;
  private long intervalStart;
  private int calls;
  private int failures;
  private int consecutiveFailures;
  private int ejections;
  private long probationUntil;
  private volatile boolean ejected;
  private volatile Trial trial = Trial.NONE;

  private enum Trial {
    NONE,
    /** The next call is the trial. */
    DUE,
    RUNNING
  }

  Ejection(OutlierDetection properties, LongSupplier nanoTime) {
    this.properties = properties;
    this.nanoTime = nanoTime;
    this.intervalStart = nanoTime.getAsLong();
  }

  boolean isEjected() {
    return ejected;
  }

  /** Whether its trial is due or running. */
  boolean isOnTrial() {
    return trial != Trial.NONE;
  }

  /** Whether its trial is running, so that no other call should go there. */
  boolean isTried() {
    return trial == Trial.RUNNING;
  }

  /** A unary call is sent: it is the trial if one is due. */
  void begun() {
    if (trial == Trial.DUE) {
      beginTrial();
    }
  }

  private synchronized void beginTrial() {
    if (trial == Trial.DUE) {
      trial = Trial.RUNNING;
    }
  }

  /** Counts the end of a call; returns whether the instance should be ejected. */
  synchronized boolean ended(CallOutcome outcome) {
    if (outcome == CallOutcome.IGNORED && isTried()) {
      trial = Trial.DUE;
    }
    if (outcome == CallOutcome.IGNORED || ejected) {
      return false;
    }
    long now = nanoTime.getAsLong();
    if (isOnTrial()) {
      trial = Trial.NONE;
      probationUntil = now + time().toNanos();
    }
    if (!properties.enabled()) {
      return false;
    }
    if (now - intervalStart > properties.interval().toNanos()) {
      intervalStart = now;
      calls = 0;
      failures = 0;
    }
    calls++;
    if (outcome == CallOutcome.SUCCESS) {
      consecutiveFailures = 0;
      return false;
    }
    failures++;
    consecutiveFailures++;
    return isOnProbation(now)
        || consecutiveFailures >= properties.consecutiveFailures()
        || (calls >= properties.minimumCalls()
            && failures * 100L >= (long) properties.failurePercentage() * calls);
  }

  /** Ejects the instance and clears the counts; returns for how long it is ejected. */
  synchronized Duration eject() {
    ejections = isOnProbation(nanoTime.getAsLong()) ? Math.min(ejections + 1, 20) : 1;
    ejected = true;
    trial = Trial.NONE;
    clear();
    return time();
  }

  /** Ends the ejection. The next call is the trial. */
  synchronized void readmit() {
    ejected = false;
    trial = Trial.DUE;
    clear();
  }

  /** Forgets everything: the connection is a new one, and perhaps the process, too. */
  synchronized void forget() {
    ejected = false;
    trial = Trial.NONE;
    ejections = 0;
    clear();
  }

  synchronized void configure(OutlierDetection next) {
    properties = next;
  }

  private boolean isOnProbation(long now) {
    return ejections > 0 && now - probationUntil < 0;
  }

  private Duration time() {
    Duration time = properties.ejectionTime().multipliedBy(1L << (Math.max(ejections, 1) - 1));
    return time.compareTo(properties.maxEjectionTime()) > 0 ? properties.maxEjectionTime() : time;
  }

  private void clear() {
    intervalStart = nanoTime.getAsLong();
    calls = 0;
    failures = 0;
    consecutiveFailures = 0;
  }
}
