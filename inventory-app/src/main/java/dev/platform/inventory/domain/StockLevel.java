package dev.platform.inventory.domain;

/**
 * A product's stock, in pieces.
 *
 * @param available can be reserved
 * @param reserved reserved for orders that are not yet paid
 * @param sold sold, which is final
 */
public record StockLevel(String productId, long available, long reserved, long sold) {}
