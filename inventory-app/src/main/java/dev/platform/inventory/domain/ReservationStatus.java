package dev.platform.inventory.domain;

import java.util.Set;

/** A reservation's status. */
public enum ReservationStatus {
  /** The stock is reserved. */
  HELD("held"),
  /** The stock is sold. */
  CONFIRMED("confirmed"),
  /** The stock was released, or never reserved. */
  RELEASED("released"),
  /** It was not confirmed in time; the stock was released. */
  EXPIRED("expired");

  private final String word;

  ReservationStatus(String word) {
    this.word = word;
  }

  /** The statuses that may follow this one; none after a final one. */
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
