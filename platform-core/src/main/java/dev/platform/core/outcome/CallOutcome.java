package dev.platform.core.outcome;

/** What the end of a call says about the one who was called. */
public enum CallOutcome {

  /** The callee did its work; that its answer is a refusal is the caller's business. */
  SUCCESS,

  /** The callee could not do its work. */
  FAILURE,

  /**
   * Nothing: the caller left, or the platform refused the call before anybody worked on it. Neither
   * good nor bad, so it must not count as a success either.
   */
  IGNORED
}
