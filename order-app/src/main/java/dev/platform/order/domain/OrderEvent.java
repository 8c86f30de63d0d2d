package dev.platform.order.domain;

import java.time.Instant;

/**
 * Something that happened to an order.
 *
 * @param orderId the order
 * @param status the order's status after the event
 * @param message what happened, human-readable
 * @param at when it happened
 * @param sequence 1 for an order's first event, then without gaps
 */
public record OrderEvent(
    String orderId, OrderStatus status, String message, Instant at, long sequence)
    implements Sequenced {}
