package dev.platform.core.authorization;

/** What the rules do. */
public enum AuthorizationMode {
  /** Nothing. */
  OFF,
  /** All calls pass; what would be refused is counted and logged, and callers are learned. */
  SHADOW,
  /** A call that no rule allows is refused. */
  ENFORCE
}
