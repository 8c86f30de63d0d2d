package dev.platform.order.domain;

/** What a failure says about other entries of the same work. */
public enum FailureScope {
  /** They fail, too: a service or the database is unavailable, or refuses for its load. */
  ALL,
  /** Unknown; how the others fare decides. */
  UNKNOWN,
  /** Nothing: the entry failed by itself. */
  ONE
}
