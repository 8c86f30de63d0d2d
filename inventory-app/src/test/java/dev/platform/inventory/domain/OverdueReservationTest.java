package dev.platform.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Only the record decides whether a reservation is confirmed or expired. An instance that used its
 * own clock would reject a confirmation that an instance with a slower clock accepts: a sale whose
 * money was refunded.
 */
class OverdueReservationTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final List<ReservationLine> LINES = List.of(new ReservationLine("p-1", 2));
  private static final Transaction TRANSACTION =
      new Transaction() {
        @Override
        public <T> T within(Supplier<T> work) {
          return work.get();
        }
      };

  private final Ledger record = new Ledger();
  private final List<String> moved = new ArrayList<>();
  private final Shelf shelf = new Shelf();
  private final ConfirmReservation confirm = new ConfirmReservation(record, shelf, TRANSACTION);

  @Test
  void isSoldIfItsExpiryIsNotRecordedYet() {
    reserveAt(NOON, Duration.ofMinutes(15));

    assertThat(expireAt(NOON.plusSeconds(899))).isZero();
    assertThat(confirm.confirm("o-1").status()).isEqualTo(ReservationStatus.CONFIRMED);
    assertThat(expireAt(NOON.plusSeconds(901))).isZero();
    assertThat(moved).containsExactly("set aside", "sell");
  }

  @Test
  void isRefusedOnceItsExpiryIsRecorded() {
    reserveAt(NOON, Duration.ofMinutes(15));

    assertThat(expireAt(NOON.plusSeconds(900))).isEqualTo(1);
    assertThatThrownBy(() -> confirm.confirm("o-1"))
        .hasMessage("reservation o-1 is expired and can't be confirmed any more");
    assertThat(moved).containsExactly("set aside", "give back");
  }

  @Test
  void oneThatCannotBeExpiredDoesNotHoldUpTheOthers() {
    for (String id : List.of("o-1", "o-2", "o-3")) {
      new ReserveStock(record, shelf, TRANSACTION, at(NOON), Duration.ofMinutes(15))
          .reserve(id, LINES);
    }
    record.refused = "o-2";
    AtomicReference<Instant> now = new AtomicReference<>(NOON.plusSeconds(900));
    InstantSource time = now::get;
    ExpireReservations expire =
        new ExpireReservations(record, shelf, TRANSACTION, time.withZone(ZoneOffset.UTC));

    ExpireReservations.Run run = expire.run();
    assertThat(run.expired()).isEqualTo(2);
    assertThat(run.failed()).containsOnlyKeys("o-2");
    assertThat(expire.failing()).isEqualTo(1);

    assertThat(expire.run().failed()).as("before its pause is over").isEmpty();
    now.updateAndGet(before -> before.plus(ExpireReservations.FIRST_PAUSE));
    assertThat(expire.run().failed()).containsOnlyKeys("o-2");
    now.updateAndGet(before -> before.plus(ExpireReservations.FIRST_PAUSE));
    assertThat(expire.run().failed()).as("its pause has doubled").isEmpty();

    record.refused = "";
    now.updateAndGet(before -> before.plus(ExpireReservations.FIRST_PAUSE));
    assertThat(expire.run().expired()).isEqualTo(1);
    assertThat(expire.failing()).isZero();
  }

  private void reserveAt(Instant now, Duration timeToLive) {
    new ReserveStock(record, shelf, TRANSACTION, at(now), timeToLive).reserve("o-1", LINES);
  }

  private int expireAt(Instant now) {
    return new ExpireReservations(record, shelf, TRANSACTION, at(now)).run().expired();
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  private static final class Ledger implements Reservations {
    private final Map<String, Reservation> known = new HashMap<>();
    private String refused = "";

    @Override
    public boolean open(Reservation reservation) {
      return known.putIfAbsent(reservation.id(), reservation) == null;
    }

    @Override
    public void addLines(String id, List<ReservationLine> lines) {}

    @Override
    public Optional<Reservation> lock(String id) {
      return Optional.ofNullable(known.get(id));
    }

    @Override
    public Optional<Reservation> lockExpired(Instant now, Collection<String> except) {
      return known.values().stream()
          .filter(each -> each.status() == ReservationStatus.HELD)
          .filter(each -> !each.expiresAt().isAfter(now))
          .filter(each -> !except.contains(each.id()))
          .findAny();
    }

    @Override
    public void update(Reservation reservation) {
      if (reservation.id().equals(refused)) {
        throw new IllegalStateException("refused");
      }
      known.put(reservation.id(), reservation);
    }
  }

  private final class Shelf implements Stock {
    @Override
    public Optional<InsufficientStock.Shortage> setAside(ReservationLine line) {
      moved.add("set aside");
      return Optional.empty();
    }

    @Override
    public void sell(ReservationLine line) {
      moved.add("sell");
    }

    @Override
    public void giveBack(ReservationLine line) {
      moved.add("give back");
    }

    @Override
    public Set<String> add(SortedMap<String, Long> pieces) {
      throw new AssertionError("nothing comes in");
    }
  }
}
