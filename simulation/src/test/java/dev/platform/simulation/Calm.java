package dev.platform.simulation;

/** Since when nothing has disturbed a process, as far as the simulation knows. */
final class Calm {

  private long since;

  Calm(long now) {
    this.since = now;
  }

  /** Disturbed until this time, perhaps a later one. */
  void disturbed(long until) {
    since = Math.max(since, until);
  }

  long since() {
    return since;
  }

  /** Whether nothing has disturbed it for this long. */
  boolean isFor(long nanos, long now) {
    return now - since >= nanos;
  }
}
