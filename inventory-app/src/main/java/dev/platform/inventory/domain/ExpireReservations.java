package dev.platform.inventory.domain;

import java.time.Clock;
import java.util.Optional;

/**
 * Releases the stock of reservations that were not confirmed in time. Safe in several instances at
 * once. Blocks on the database.
 */
public final class ExpireReservations {

  private final Reservations reservations;
  private final Stock stock;
  private final Transaction transaction;
  private final Clock clock;

  public ExpireReservations(
      Reservations reservations, Stock stock, Transaction transaction, Clock clock) {
    this.reservations = reservations;
    this.stock = stock;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Expires all due reservations, each in a transaction of its own; returns their number. */
  public int run() {
    int expired = 0;
    while (transaction.within(this::expireOne)) {
      expired++;
    }
    return expired;
  }

  private boolean expireOne() {
    Optional<Reservation> due = reservations.lockExpired(clock.instant());
    due.map(reservation -> reservation.become(ReservationStatus.EXPIRED))
        .ifPresent(
            reservation -> {
              reservation.lines().forEach(stock::giveBack);
              reservations.update(reservation);
            });
    return due.isPresent();
  }
}
