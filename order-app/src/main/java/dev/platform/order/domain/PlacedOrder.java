package dev.platform.order.domain;

/**
 * An order that was paid, and what the answer says beside it.
 *
 * @param order the order, PAID or further
 * @param suggestions the rest of the answer
 */
public record PlacedOrder(Order order, Suggestions suggestions) {}
