package dev.platform.inventory.domain;

import static java.util.Comparator.comparing;

import java.time.Instant;
import java.util.List;

/**
 * Stock reserved for an order until it is confirmed, released or expired. Immutable.
 *
 * @param id the order's id
 * @param lines by product id, each product once; empty for a reservation that was released before
 *     it was made
 * @param expiresAt when it may be expired; it stays held until the expiry is recorded, so that
 *     instances with different clocks can't decide differently
 */
public record Reservation(
    String id, ReservationStatus status, List<ReservationLine> lines, Instant expiresAt) {

  public Reservation {
    lines = lines.stream().sorted(comparing(ReservationLine::productId)).toList();
  }

  static Reservation held(String id, List<ReservationLine> lines, Instant expiresAt) {
    return new Reservation(id, ReservationStatus.HELD, lines, expiresAt);
  }

  static Reservation releasedBeforehand(String id, Instant now) {
    return new Reservation(id, ReservationStatus.RELEASED, List.of(), now);
  }

  /** Refuses the change, naming both statuses, when the current one does not allow it. */
  Reservation become(ReservationStatus next) {
    if (!status.next().contains(next)) {
      throw Refusal.notPossible(
          "reservation " + id + " is " + status + " and can't be " + next + " any more");
    }
    return new Reservation(id, next, lines, expiresAt);
  }

  /** Refuses a repeated request that differs, or that arrives after the stock was released. */
  Reservation repeated(List<ReservationLine> asked) {
    boolean known = !lines.isEmpty();
    if (known && !lines.equals(held(id, asked, expiresAt).lines())) {
      throw Refusal.otherLines(id);
    }
    if (status == ReservationStatus.RELEASED || status == ReservationStatus.EXPIRED) {
      throw Refusal.notPossible(
          "reservation " + id + " is " + status + " and can't be made any more");
    }
    return this;
  }
}
