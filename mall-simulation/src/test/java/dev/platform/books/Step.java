package dev.platform.books;

import java.util.List;

/**
 * A statement, the end of a transaction or a call, before it happens.
 *
 * @param thread whose it is
 * @param process which process makes it
 * @param what the statement's beginning, or the method
 * @param shared whether other threads may notice when it happens
 */
record Step(String thread, String process, Kind kind, String what, boolean shared) {

  /** What a step is, and what may be chosen at it. */
  enum Kind {
    /** A thread begins. */
    BEGIN(),
    /** A query outside of a transaction. */
    QUERY(Choice.CUT_BEFORE, Choice.CHAIN_CUT, Choice.FAILED_BEFORE),
    /** A change that is a transaction of its own. */
    CHANGE(
        Choice.CUT_BEFORE,
        Choice.CUT_AFTER,
        Choice.CHAIN_CUT,
        Choice.FAILED_BEFORE,
        Choice.FAILED_AFTER),
    /** A statement in a transaction: until its end, a cut after it is one before the next. */
    INSIDE(Choice.CUT_BEFORE, Choice.CHAIN_CUT, Choice.FAILED_BEFORE),
    /** The commit of a transaction. */
    COMMIT(
        Choice.CUT_BEFORE,
        Choice.CUT_AFTER,
        Choice.CHAIN_CUT,
        Choice.FAILED_BEFORE,
        Choice.FAILED_AFTER),
    /** The rollback of a transaction. */
    ROLLBACK(Choice.CUT_BEFORE),
    /** A call to another process. */
    CALL(
        Choice.CUT_BEFORE,
        Choice.CUT_AFTER,
        Choice.NOT_SENT,
        Choice.REQUEST_LOST,
        Choice.ANSWER_LOST,
        Choice.LATE,
        Choice.VERY_LATE);

    private final List<Choice> choices;

    Kind(Choice... choices) {
      this.choices = List.of(choices);
    }

    List<Choice> choices() {
      return choices;
    }
  }

  @Override
  public String toString() {
    return "%s %s %s: %s".formatted(thread, process, kind, what);
  }
}
