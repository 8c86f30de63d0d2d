package dev.platform.inventory.domain;

import dev.platform.inventory.domain.InsufficientStock.Shortage;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Moves stock. Each call joins the current transaction and locks the rows that it changes; callers
 * process products in the order of their ids, which prevents deadlocks.
 */
public interface Stock {

  /**
   * Moves pieces from available to reserved if there are enough.
   *
   * @return the shortage; empty when the pieces are reserved
   * @throws Refusal for an unknown product
   */
  Optional<Shortage> setAside(ReservationLine line);

  /** Moves pieces from reserved to sold. */
  void sell(ReservationLine line);

  /** Moves pieces from reserved back to available. */
  void giveBack(ReservationLine line);

  /** Adds available pieces by product id; returns those products that are not known. */
  Set<String> add(SortedMap<String, Long> pieces);
}
