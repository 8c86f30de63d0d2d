package dev.platform.core.breaker;

/** Gives tests access to {@link EnclosingBreakers}, as the interceptor reads them. */
public final class BreakersAround {

  private BreakersAround() {}

  /** Whether the current code runs inside the breaker of this name. */
  public static boolean contains(String name) {
    return EnclosingBreakers.contains(name);
  }
}
