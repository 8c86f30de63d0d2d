package dev.platform.books;

/** What may be chosen at a step instead of letting it end well. */
enum Choice {
  /** Another thread goes on. */
  SWITCH,
  /** The process is cut before the step. */
  CUT_BEFORE,
  /** The process is cut when the step is done and it does not know. */
  CUT_AFTER,
  /** The process is cut before the step, and so is each process that waits for it. */
  CHAIN_CUT,
  /** The connection to the database is lost before the statement; the process lives. */
  FAILED_BEFORE,
  /** The connection is lost when the statement is done; the process lives and does not know. */
  FAILED_AFTER,
  /** The breaker refuses the call: the service was certainly not reached. */
  NOT_SENT,
  /** The request never arrives. */
  REQUEST_LOST,
  /** The request is served, its answer is lost. */
  ANSWER_LOST,
  /** The caller gives up, and the request arrives when the customer's requests have ended. */
  LATE,
  /** The caller gives up, and the request arrives when all has been recovered. */
  VERY_LATE;

  /** Those that cut a process. */
  boolean isCut() {
    return this == CUT_BEFORE || this == CUT_AFTER || this == CHAIN_CUT;
  }
}
