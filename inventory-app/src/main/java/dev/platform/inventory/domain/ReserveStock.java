package dev.platform.inventory.domain;

import dev.platform.inventory.domain.InsufficientStock.Shortage;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reserves stock for an order, all of its lines or none. Idempotent by reservation id. Thread-safe,
 * blocks on the database.
 */
public final class ReserveStock {

  /** The most lines of a reservation. */
  public static final int MAX_LINES = 1000;

  private final Reservations reservations;
  private final Stock stock;
  private final Transaction transaction;
  private final Clock clock;
  private final Duration timeToLive;

  public ReserveStock(
      Reservations reservations,
      Stock stock,
      Transaction transaction,
      Clock clock,
      Duration timeToLive) {
    this.reservations = reservations;
    this.stock = stock;
    this.transaction = transaction;
    this.clock = clock;
    this.timeToLive = timeToLive;
  }

  /**
   * Reserves, or returns this id's earlier reservation.
   *
   * @throws InsufficientStock naming every product that is short
   * @throws Refusal for bad input, an unknown product, other lines under a known id, or an id that
   *     was released or has expired
   */
  public Reservation reserve(String id, List<ReservationLine> lines) {
    InvalidInput.requireId("reservation_id", id);
    InvalidInput.requireSize("lines", lines.size(), MAX_LINES);
    requireDistinct(lines);
    return transaction.within(() -> holdOrRepeat(id, lines));
  }

  private Reservation holdOrRepeat(String id, List<ReservationLine> lines) {
    Reservation reservation = Reservation.held(id, lines, clock.instant().plus(timeToLive));
    if (!reservations.open(reservation)) {
      return reservations.lock(id).orElseThrow().repeated(lines);
    }
    setAside(reservation.lines());
    reservations.addLines(id, reservation.lines());
    return reservation;
  }

  private void setAside(List<ReservationLine> lines) {
    List<Shortage> shortages = new ArrayList<>();
    for (ReservationLine line : lines) {
      stock.setAside(line).ifPresent(shortages::add);
    }
    if (!shortages.isEmpty()) {
      throw new InsufficientStock(shortages);
    }
  }

  private static void requireDistinct(List<ReservationLine> lines) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String productId = lines.get(i).productId();
      if (!seen.add(productId)) {
        throw new InvalidInput("lines[" + i + "].product_id is repeated: " + productId);
      }
    }
  }
}
