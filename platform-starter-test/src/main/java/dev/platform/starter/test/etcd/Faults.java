package dev.platform.starter.test.etcd;

import java.time.Duration;

/** The injected faults of an embedded server. They outlive stop and start. Thread-safe. */
final class Faults {

  private volatile boolean outOfSpace;
  private volatile Duration answerDelay = Duration.ZERO;

  void outOfSpace(boolean full) {
    outOfSpace = full;
  }

  boolean isOutOfSpace() {
    return outOfSpace;
  }

  void requireSpace() {
    if (outOfSpace) {
      throw EtcdError.NO_SPACE.failure();
    }
  }

  void answerDelay(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay: " + delay + " (expected: >= 0s)");
    }
    answerDelay = delay;
  }

  Duration answerDelay() {
    return answerDelay;
  }

  void clear() {
    outOfSpace = false;
    answerDelay = Duration.ZERO;
  }
}
