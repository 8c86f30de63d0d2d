package dev.platform.core.concurrency;

/** The order in which an overloaded server refuses calls. */
public enum Priority {

  /** Refused first. */
  LOW,

  /** The default. */
  NORMAL,

  /** Refused last. */
  HIGH
}
