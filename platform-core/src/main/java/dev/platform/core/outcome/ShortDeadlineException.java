package dev.platform.core.outcome;

import java.time.Duration;

/**
 * The cause of a DEADLINE_EXCEEDED that does not count as the callee's failure, since the call had
 * too little time for a fair chance ({@link AnswerTimes}). It is never thrown, and has no stack
 * trace.
 */
public final class ShortDeadlineException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * @param method its full name
   * @param given the time that the call had
   */
  public ShortDeadlineException(String method, Duration given) {
    super(
        "%d ms were left for %s, less than it usually takes: this does not count as its failure"
            .formatted(Math.max(0, given.toMillis()), method),
        null,
        false,
        false);
  }
}
