package dev.platform.inventory.domain;

/** Turns a reservation into a sale. Idempotent. Thread-safe, blocks on the database. */
public final class ConfirmReservation {

  private final Reservations reservations;
  private final Stock stock;
  private final Transaction transaction;

  public ConfirmReservation(Reservations reservations, Stock stock, Transaction transaction) {
    this.reservations = reservations;
    this.stock = stock;
    this.transaction = transaction;
  }

  /** Refuses a reservation that is unknown, was released or has expired. */
  public Reservation confirm(String id) {
    InvalidInput.requireId("reservation_id", id);
    return transaction.within(() -> sell(id));
  }

  private Reservation sell(String id) {
    Reservation known = reservations.lock(id).orElseThrow(() -> Refusal.unknownReservation(id));
    if (known.status() == ReservationStatus.CONFIRMED) {
      return known;
    }
    Reservation confirmed = known.become(ReservationStatus.CONFIRMED);
    confirmed.lines().forEach(stock::sell);
    reservations.update(confirmed);
    return confirmed;
  }
}
