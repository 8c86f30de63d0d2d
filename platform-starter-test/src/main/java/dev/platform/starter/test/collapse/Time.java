package dev.platform.starter.test.collapse;

import java.util.concurrent.Future;

/** The time in which a check runs: the system's, or a simulated one. */
interface Time {

  long nanos();

  /** Returns at once if that moment has passed. */
  void sleepUntil(long nanos) throws InterruptedException;

  /** Runs a fault beside the caller. */
  Future<?> start(String name, Fault fault);
}
