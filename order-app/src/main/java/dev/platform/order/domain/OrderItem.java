package dev.platform.order.domain;

/**
 * A product and the quantity that a user orders.
 *
 * @param productId the product
 * @param quantity the number of pieces, at least 1
 */
public record OrderItem(String productId, int quantity) {}
