package dev.platform.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReservationStatusTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final List<ReservationLine> LINES = List.of(new ReservationLine("p-1", 2));

  @ParameterizedTest
  @EnumSource(names = {"CONFIRMED", "RELEASED", "EXPIRED"})
  void aHeldReservationHasThreePossibleEndStates(ReservationStatus end) {
    assertThat(Reservation.held("o-1", LINES, NOON).become(end).status()).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({
    "HELD, HELD, held, held",
    "CONFIRMED, RELEASED, confirmed, released",
    "CONFIRMED, EXPIRED, confirmed, expired",
    "RELEASED, CONFIRMED, released, confirmed",
    "EXPIRED, CONFIRMED, expired, confirmed",
    "EXPIRED, HELD, expired, held"
  })
  void anIllegalTransitionNamesBothStates(
      ReservationStatus from, ReservationStatus to, String fromWord, String toWord) {
    assertThatThrownBy(() -> new Reservation("o-1", from, LINES, NOON).become(to))
        .isInstanceOf(Refusal.class)
        .hasMessage("reservation o-1 is " + fromWord + " and can't be " + toWord + " any more");
  }

  @Test
  void linesAreSortedInLockingOrder() {
    List<ReservationLine> unordered =
        List.of(new ReservationLine("p-2", 1), new ReservationLine("p-1", 1));

    assertThat(Reservation.held("o-1", unordered, NOON).lines())
        .extracting(ReservationLine::productId)
        .containsExactly("p-1", "p-2");
  }
}
