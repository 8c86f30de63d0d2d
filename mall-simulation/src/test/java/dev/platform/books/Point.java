package dev.platform.books;

/**
 * A step of a history, at which something else might have been chosen.
 *
 * @param maySwitch whether another thread could go on instead
 */
record Point(Phase phase, Step step, boolean maySwitch) {

  /** The parts of a history. */
  enum Phase {
    /** The customers' requests, and what is done at the same time. */
    REQUESTS,
    /** Requests arrive whose callers gave up. */
    LATE,
    /** The customers try again at once. */
    RETRY,
    /** The jobs work until nothing is due. */
    RECOVERY,
    /** Requests arrive whose callers gave up long ago. */
    VERY_LATE,
    /** The customers try again, and the jobs work. */
    END,
    /** The same without trouble: now they must hear the outcome. */
    LAST
  }
}
