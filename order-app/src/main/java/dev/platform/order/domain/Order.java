package dev.platform.order.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An order as it stood when it was read. Immutable; {@link Orders#move} changes its status.
 *
 * @param id the order's id, also that of its reservation and its payment
 * @param userId who ordered
 * @param lines what was ordered
 * @param total the sum over all lines
 * @param priceAge how old the prices were when it was placed; zero for current prices
 * @param status its status
 * @param cancelReason why it was cancelled; empty unless it was
 * @param createdAt when it was recorded
 * @param lastSequence the sequence of its latest event, from 1
 */
public record Order(
    String id,
    String userId,
    List<OrderLine> lines,
    Money total,
    Duration priceAge,
    OrderStatus status,
    String cancelReason,
    Instant createdAt,
    long lastSequence) {

  public Order {
    lines = List.copyOf(lines);
  }

  static Order created(
      String id, String userId, List<OrderLine> lines, Duration priceAge, Instant now) {
    Money total =
        lines.stream()
            .map(line -> line.unitPrice().times(line.quantity()))
            .reduce(Money::plus)
            .orElseThrow(() -> new IllegalArgumentException("order without a line:  " + id));
    return new Order(id, userId, lines, total, priceAge, OrderStatus.CREATED, "", now, 1);
  }
}
