package dev.platform.core.breaker;

/**
 * What the interceptor reads from {@link EnclosingBreakers}, for tests of what enters and ends
 * them.
 */
public final class BreakersAround {

  private BreakersAround() {}

  /** Whether the work that is done here is inside a breaker of this name. */
  public static boolean contains(String name) {
    return EnclosingBreakers.contains(name);
  }
}
