package dev.platform.order.domain;

/**
 * A product and how many of it a user asks for.
 *
 * @param productId the product
 * @param quantity how many pieces, at least 1
 */
public record OrderItem(String productId, int quantity) {}
