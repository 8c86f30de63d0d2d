package dev.platform.starter.drain;

/** Where a process stands between coming and going. */
public enum DrainPhase {
  /** Takes calls, or is about to. */
  SERVING,
  /** Has left discovery, still takes calls, ends those under way. */
  DRAINING,
  /** Its servers have stopped. */
  STOPPED
}
