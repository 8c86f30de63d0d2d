package dev.platform.core.start;

import java.time.Duration;
import java.util.List;

/**
 * What the warm-up of a process has done.
 *
 * @param state where it is
 * @param took how long it has delayed readiness, all parts together; zero until it has ended
 * @param parts in the order in which they ran; empty until it has ended
 */
public record WarmUpReport(State state, Duration took, List<Part> parts) {

  /** Where a warm-up is. */
  public enum State {
    /** It has not begun, is switched off, or has no parts. */
    NONE,
    RUNNING,
    /** It has ended, or was ended. */
    ENDED
  }

  /** How a part ended. */
  public enum Result {
    DONE,
    FAILED,
    /** The time was up, or the process shut down. */
    STOPPED,
    /** There was no time left for it. */
    NOT_RUN
  }

  /**
   * One part.
   *
   * @param name of the bean, for example
   */
  public record Part(String name, Result result, Duration took) {}

  static final WarmUpReport NONE = new WarmUpReport(State.NONE, Duration.ZERO, List.of());
  static final WarmUpReport RUNNING = new WarmUpReport(State.RUNNING, Duration.ZERO, List.of());
}
