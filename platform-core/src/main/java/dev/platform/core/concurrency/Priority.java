package dev.platform.core.concurrency;

/** Who is refused first when a server has too much to do. */
public enum Priority {

  /** First. */
  LOW,

  /** What nobody has said anything about. */
  NORMAL,

  /** Last. */
  HIGH
}
