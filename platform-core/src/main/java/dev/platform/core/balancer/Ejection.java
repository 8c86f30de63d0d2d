package dev.platform.core.balancer;

import dev.platform.core.outcome.CallOutcome;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What is known of the calls to one instance, and whether it is out because of them. After Envoy's
 * outlier detection, but that an instance that comes back gets a single call first, its trial, and
 * no other until that went well. Then it is on probation: its first failure ejects it again, and a
 * well spell as long as its last ejection ends that. Thread-safe.
 */
final class Ejection {

  private final LongSupplier nanoTime;

  // guarded by this
  private OutlierDetection properties;
  private long intervalStart;
  private int calls;
  private int failures;
  private int inARow;
  private int ejections;
  private long probationUntil;
  private volatile boolean ejected;
  private volatile Trial trial = Trial.NONE;

  private enum Trial {
    NONE,
    /** The next call is the trial. */
    DUE,
    UNDER_WAY
  }

  Ejection(OutlierDetection properties, LongSupplier nanoTime) {
    this.properties = properties;
    this.nanoTime = nanoTime;
    this.intervalStart = nanoTime.getAsLong();
  }

  boolean isEjected() {
    return ejected;
  }

  /** Whether it is not known yet whether it is well again. */
  boolean isOnTrial() {
    return trial != Trial.NONE;
  }

  /** Whether its trial has begun, so that no other call should go there. */
  boolean isTried() {
    return trial == Trial.UNDER_WAY;
  }

  /** A call that is answered soon is sent. */
  void begun() {
    if (trial == Trial.DUE) {
      beginTrial();
    }
  }

  private synchronized void beginTrial() {
    if (trial == Trial.DUE) {
      trial = Trial.UNDER_WAY;
    }
  }

  /** Takes note of a call's end; tells whether the instance should be out. */
  synchronized boolean ended(CallOutcome outcome) {
    if (outcome == CallOutcome.IGNORED && isTried()) {
      trial = Trial.DUE;
    }
    if (outcome == CallOutcome.IGNORED || ejected || !properties.enabled()) {
      return false;
    }
    long now = nanoTime.getAsLong();
    if (isOnTrial()) {
      trial = Trial.NONE;
      probationUntil = now + time().toNanos();
    }
    if (now - intervalStart > properties.interval().toNanos()) {
      intervalStart = now;
      calls = 0;
      failures = 0;
    }
    calls++;
    if (outcome == CallOutcome.SUCCESS) {
      inARow = 0;
      return false;
    }
    failures++;
    inARow++;
    return isOnProbation(now)
        || inARow >= properties.consecutiveFailures()
        || (calls >= properties.minimumCalls()
            && failures * 100L >= (long) properties.failurePercentage() * calls);
  }

  /** Takes it out; returns for how long, and what it was for is forgotten. */
  synchronized Duration eject() {
    ejections = isOnProbation(nanoTime.getAsLong()) ? Math.min(ejections + 1, 20) : 1;
    ejected = true;
    trial = Trial.NONE;
    clear();
    return time();
  }

  /** Lets it come back. */
  synchronized void readmit() {
    ejected = false;
    trial = Trial.DUE;
    clear();
  }

  /** The connection is a new one, and perhaps the process too. */
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
    inARow = 0;
  }
}
