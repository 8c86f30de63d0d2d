package dev.platform.inventory.domain;

import java.time.Clock;

/**
 * Releases reserved stock. Idempotent. An unknown id is recorded as released, so that a late
 * reservation of a cancelled order is refused. Thread-safe, blocks on the database.
 */
public final class ReleaseReservation {

  private final Reservations reservations;
  private final Stock stock;
  private final Transaction transaction;
  private final Clock clock;

  public ReleaseReservation(
      Reservations reservations, Stock stock, Transaction transaction, Clock clock) {
    this.reservations = reservations;
    this.stock = stock;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Refuses a reservation that was confirmed; one that has expired counts as released. */
  public Reservation release(String id) {
    InvalidInput.requireId("reservation_id", id);
    return transaction.within(() -> giveBack(id));
  }

  private Reservation giveBack(String id) {
    Reservation beforehand = Reservation.releasedBeforehand(id, clock.instant());
    if (reservations.open(beforehand)) {
      return beforehand;
    }
    Reservation known = reservations.lock(id).orElseThrow();
    if (known.status() == ReservationStatus.RELEASED
        || known.status() == ReservationStatus.EXPIRED) {
      return known;
    }
    Reservation released = known.become(ReservationStatus.RELEASED);
    released.lines().forEach(stock::giveBack);
    reservations.update(released);
    return released;
  }
}
