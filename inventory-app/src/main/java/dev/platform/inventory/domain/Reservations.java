package dev.platform.inventory.domain;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The recorded reservations. Each call joins the current transaction. */
public interface Reservations {

  /**
   * Records a reservation without its lines. Waits for another transaction that records the same
   * id.
   *
   * @return false, and nothing is changed, when the id is known already
   */
  boolean open(Reservation reservation);

  /** Records the lines of a reservation that was opened. */
  void addLines(String id, List<ReservationLine> lines);

  /** Reads a reservation and locks it. */
  Optional<Reservation> lock(String id);

  /**
   * One held reservation that has expired and is not locked by another transaction. Does not wait.
   *
   * @param except ids that are not looked for
   */
  Optional<Reservation> lockExpired(Instant now, Collection<String> except);

  /** Records a new status. */
  void update(Reservation reservation);
}
