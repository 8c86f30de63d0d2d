package dev.platform.order.domain;

/**
 * A product, how many of it, and what a piece costs in this order.
 *
 * @param productId the product
 * @param quantity how many pieces, at least 1
 * @param unitPrice the price of one piece when it was ordered
 */
public record OrderLine(String productId, int quantity, Money unitPrice) {}
