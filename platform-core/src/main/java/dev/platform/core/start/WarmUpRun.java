package dev.platform.core.start;

import io.grpc.BindableService;
import io.grpc.Channel;
import java.io.IOException;

/** One run of all warm-ups of a process. Thread-safe. */
public interface WarmUpRun {

  /** So many failures in a row end a repetition. */
  int MOST_FAILURES = 3;

  /**
   * Whether work should end now, by itself: this part has used its share of the time, or the
   * process shuts down. What has not ended when all of the time is up is interrupted.
   */
  boolean isOver();

  /**
   * Repeats work until it was done so often, or the run is over. Early calls may fail since they
   * are slow, so only several failures in a row end it.
   *
   * @throws Exception the last of these failures
   */
  default void repeat(int times, Work work) throws Exception {
    int failures = 0;
    for (int i = 0; i < times && !isOver(); i++) {
      try {
        work.run();
        failures = 0;
      } catch (Exception e) {
        failures++;
        if (failures == MOST_FAILURES) {
          throw e;
        }
      }
    }
  }

  /**
   * Serves these on a server of their own, at a free port of the loopback address, and returns a
   * channel to it. The calls run through the platform's interceptors on both sides, except those
   * that limit calls and check callers. They are counted in no meter, in no circuit breaker and in
   * no log, and nobody but this channel is served. Closed when the warm-up ends.
   *
   * @throws IOException if no port can be bound
   */
  Channel serve(BindableService... services) throws IOException;

  /** What is repeated. */
  @FunctionalInterface
  interface Work {

    void run() throws Exception;
  }
}
