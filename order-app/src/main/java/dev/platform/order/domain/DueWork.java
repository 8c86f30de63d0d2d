package dev.platform.order.domain;

/**
 * Work that is due for an order.
 *
 * @param work the work
 * @param origin the span that recorded the order, for {@link FollowUpTracer}; empty when unknown
 */
public record DueWork<T>(T work, String origin) {}
