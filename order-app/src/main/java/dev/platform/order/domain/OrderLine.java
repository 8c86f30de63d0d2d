package dev.platform.order.domain;

/**
 * A product, its quantity, and its unit price in this order.
 *
 * @param productId the product
 * @param quantity the number of pieces, at least 1
 * @param unitPrice the price of one piece when it was ordered
 */
public record OrderLine(String productId, int quantity, Money unitPrice) {}
