package dev.platform.order.domain;

/**
 * A paid order, and the rest of its answer.
 *
 * @param order the order, PAID or further
 * @param suggestions the rest of the answer
 */
public record PlacedOrder(Order order, Suggestions suggestions) {}
