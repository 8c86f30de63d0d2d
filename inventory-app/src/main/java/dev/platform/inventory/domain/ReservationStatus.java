package dev.platform.inventory.domain;

import java.util.Set;

/** Where a reservation stands. */
public enum ReservationStatus {
  /** The stock is set aside. */
  HELD("held"),
  /** The stock is sold. */
  CONFIRMED("confirmed"),
  /** The stock was given back, or never asked for. */
  RELEASED("released"),
  /** Nobody confirmed it in time; the stock was given back. */
  EXPIRED("expired");

  private final String word;

  ReservationStatus(String word) {
    this.word = word;
  }

  /** The states that may follow this one; none after a final one. */
  public Set<ReservationStatus> next() {
    return switch (this) {
      case HELD -> Set.of(CONFIRMED, RELEASED, EXPIRED);
      case CONFIRMED, RELEASED, EXPIRED -> Set.of();
    };
  }

  @Override
  public String toString() {
    return word;
  }
}
