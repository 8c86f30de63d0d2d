package dev.platform.order.domain;

/**
 * A product with less stock than was ordered.
 *
 * @param available the number of pieces left
 */
public record Shortage(String productId, long available) {}
