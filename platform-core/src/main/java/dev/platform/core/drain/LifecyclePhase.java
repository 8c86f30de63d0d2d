package dev.platform.core.drain;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The phases of a process's life. */
public enum LifecyclePhase {
  /** Not every port listens yet, or readiness has never accepted traffic. */
  STARTING,
  /** Accepts calls. Readiness may refuse traffic for a while without leaving this phase. */
  UP,
  /** Has deregistered, still accepts calls, then waits for those in flight. */
  DRAINING,
  /** Its servers have stopped. */
  STOPPED;

  private static final Map<LifecyclePhase, Set<LifecyclePhase>> NEXT =
      Map.of(
          STARTING, EnumSet.of(UP, DRAINING),
          UP, EnumSet.of(DRAINING),
          DRAINING, EnumSet.of(STOPPED),
          STOPPED, EnumSet.noneOf(LifecyclePhase.class));

  boolean mayBecome(LifecyclePhase next) {
    return NEXT.getOrDefault(this, Set.of()).contains(next);
  }

  LifecyclePhase to(LifecyclePhase next) {
    if (!mayBecome(next)) {
      throw new IllegalStateException("A process can't go from " + this + " to " + next);
    }
    return next;
  }
}
