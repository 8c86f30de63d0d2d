package dev.platform.core.identity;

/**
 * The workload that this process is: calls within the process are its own.
 *
 * @param name its name in rules
 */
public record OwnWorkload(String name) {}
