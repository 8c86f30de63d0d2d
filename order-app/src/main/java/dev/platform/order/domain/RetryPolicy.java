package dev.platform.order.domain;

import java.time.Duration;

/**
 * How often an entry that fails by itself is tried.
 *
 * @param maxAttempts after so many failed attempts it is parked
 * @param longestPause the pause between two attempts doubles up to this one
 */
public record RetryPolicy(int maxAttempts, Duration longestPause) {}
