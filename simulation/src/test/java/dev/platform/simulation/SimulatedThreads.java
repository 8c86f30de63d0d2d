package dev.platform.simulation;

import dev.platform.core.concurrent.Threads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/** The threads of one process. */
final class SimulatedThreads implements Threads {

  private final Machine machine;

  SimulatedThreads(Machine machine) {
    this.machine = machine;
  }

  @Override
  public ScheduledExecutorService timer(String name) {
    return new SimulatedThread(machine, name);
  }

  @Override
  public ExecutorService workers(String prefix) {
    return new SimulatedThread(machine, prefix);
  }

  /** Nothing that is simulated may block. */
  @Override
  public void await(Object monitor, long nanos) {
    throw new UnsupportedOperationException("blocks: " + monitor);
  }
}
