package dev.platform.order.domain;

/**
 * Something that is due for an order.
 *
 * @param work what
 * @param origin where the order came from, for {@link FollowUps}; empty when that is not known
 */
public record Due<T>(T work, String origin) {}
