package dev.platform.core.balancer;

import org.jspecify.annotations.Nullable;

/**
 * What a load balancer knows of one instance at this moment.
 *
 * @param address where it is called
 * @param zone its zone; null if it has none
 * @param weight its share of calls
 * @param state whether it is called
 * @param latencyMillis the mean time of its last successful unary calls; null before the first
 * @param slowness how much longer than usual the next answer is expected to take: 1 for the usual
 *     time of the called method, 2 for twice as long
 * @param calls unary calls in flight
 * @param streams open streams
 */
public record BalancedInstance(
    String address,
    @Nullable String zone,
    int weight,
    State state,
    @Nullable Double latencyMillis,
    double slowness,
    int calls,
    int streams) {

  /** Whether an instance is called. */
  public enum State {
    /** Like all others. */
    CALLED,
    /** Its share of calls still rises, since it is new to this caller. */
    EASED_IN,
    /** After its ejection a first call decides whether it gets others. */
    ON_TRIAL,
    /** It has not answered for a moment; others are preferred. */
    QUIET,
    /** It is connected and answers nothing; it is avoided. */
    SILENT,
    /** Its calls fail; it is avoided. */
    EJECTED,
    /** There is no connection yet. */
    CONNECTING,
    /** It accepts no connections, or has stopped answering on its last one; it is tried again. */
    UNREACHABLE
  }
}
