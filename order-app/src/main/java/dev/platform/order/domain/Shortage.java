package dev.platform.order.domain;

/**
 * A product of which less is left than was ordered.
 *
 * @param available how many are left
 */
public record Shortage(String productId, long available) {}
