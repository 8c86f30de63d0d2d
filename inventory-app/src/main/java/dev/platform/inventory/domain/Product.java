package dev.platform.inventory.domain;

/** Something for sale; the price is that of one piece. */
public record Product(String id, String name, String description, Money price) {}
