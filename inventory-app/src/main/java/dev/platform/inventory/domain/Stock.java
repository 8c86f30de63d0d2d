package dev.platform.inventory.domain;

import dev.platform.inventory.domain.InsufficientStock.Shortage;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Moves stock. Each call belongs to the transaction that it is made in and locks the rows that it
 * changes; callers go through products in the order of their ids, so that no two of them wait for
 * each other.
 */
public interface Stock {

  /**
   * Moves pieces from available to reserved if there are enough.
   *
   * @return what is missing; empty when the pieces are set aside
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
