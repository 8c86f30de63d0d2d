package dev.platform.order.degraded;

import java.time.Duration;

/**
 * An answer and its age.
 *
 * @param value the answer
 * @param age the time since it was received; zero for a new answer
 */
public record AgedAnswer<V>(V value, Duration age) {}
