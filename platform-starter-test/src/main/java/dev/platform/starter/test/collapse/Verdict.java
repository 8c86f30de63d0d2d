package dev.platform.starter.test.collapse;

/** How a cell ended. */
public enum Verdict {

  /** Goodput returned after the trigger had gone, and stayed. */
  RECOVERED,

  /** Goodput did not return as long as it was observed: the application has collapsed. */
  NOT_RECOVERED,

  /** There was no steady goodput before the trigger, so the cell says nothing of it. */
  NEVER_STEADY
}
