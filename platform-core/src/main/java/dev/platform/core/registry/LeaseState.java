package dev.platform.core.registry;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The states of a process's lease. */
public enum LeaseState {
  /** No keys are claimed. */
  IDLE,
  /** A lease is being granted and keys are being put, for the first time or after IDLE. */
  ACQUIRING,
  /** All keys are in etcd under a lease that is kept alive. */
  HELD,
  /** The lease or a key was lost and is being restored. */
  LOST,
  /** The process is deregistering; final. */
  CLOSED;

  private static final Map<LeaseState, Set<LeaseState>> NEXT =
      Map.of(
          IDLE, EnumSet.of(ACQUIRING, CLOSED),
          ACQUIRING, EnumSet.of(HELD, IDLE, CLOSED),
          HELD, EnumSet.of(LOST, IDLE, CLOSED),
          LOST, EnumSet.of(HELD, IDLE, CLOSED),
          CLOSED, EnumSet.noneOf(LeaseState.class));

  LeaseState to(LeaseState next) {
    if (!NEXT.getOrDefault(this, Set.of()).contains(next)) {
      throw new IllegalStateException("A lease can't go from " + this + " to " + next);
    }
    return next;
  }
}
