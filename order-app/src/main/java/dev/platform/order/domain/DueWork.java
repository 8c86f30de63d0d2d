package dev.platform.order.domain;

/**
 * Work that is due for an order.
 *
 * @param id the entry's id among those of its {@link Task}
 * @param work the work
 * @param origin the span that recorded the order, for {@link FollowUpTracer}; empty when unknown
 */
public record DueWork<T>(String id, T work, String origin) {}
