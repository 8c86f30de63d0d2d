package dev.platform.core.outcome;

/** What the end of a call says about the callee. */
public enum CallOutcome {

  /** The callee worked, even if it answered with an error that concerns the caller. */
  SUCCESS,

  /** The callee failed. */
  FAILURE,

  /**
   * Nothing: the caller cancelled, or the platform refused the call before a handler ran. Counts
   * neither as a failure nor as a success.
   */
  IGNORED
}
