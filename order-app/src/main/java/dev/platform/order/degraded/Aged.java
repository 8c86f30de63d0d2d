package dev.platform.order.degraded;

import java.time.Duration;

/**
 * An answer, and when it was given.
 *
 * @param value the answer
 * @param age the time since then; zero when it was given just now
 */
public record Aged<V>(V value, Duration age) {}
