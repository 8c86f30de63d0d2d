package dev.platform.inventory.domain;

/**
 * How much of a product there is, in pieces.
 *
 * @param available can be reserved
 * @param reserved set aside for orders that are not yet paid
 * @param sold confirmed for ever
 */
public record StockLevel(String productId, long available, long reserved, long sold) {}
