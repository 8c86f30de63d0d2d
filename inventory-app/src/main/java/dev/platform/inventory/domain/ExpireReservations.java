package dev.platform.inventory.domain;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Releases the stock of reservations that were not confirmed in time. A reservation that can't be
 * expired does not hold up the others: it is retried with growing pauses. Safe in several instances
 * at once, in each for one thread at a time. Blocks on the database.
 */
public final class ExpireReservations {

  static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** With so many at once the fault is not in single reservations. */
  private static final int MOST_FAILING = 100;

  private final Reservations reservations;
  private final Stock stock;
  private final Transaction transaction;
  private final Clock clock;
  private final Map<String, Failing> failing = new ConcurrentHashMap<>();

  /** A reservation that can't be expired, and when it is retried. */
  private record Failing(Duration pause, Instant retryAt) {

    Failing again(Instant now) {
      Duration doubled = pause.multipliedBy(2);
      Duration next = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
      return new Failing(next, now.plus(next));
    }
  }

  /**
   * What a run did.
   *
   * @param expired how many reservations expired
   * @param failed those that failed, with the reason
   */
  public record Run(int expired, Map<String, RuntimeException> failed) {}

  public ExpireReservations(
      Reservations reservations, Stock stock, Transaction transaction, Clock clock) {
    this.reservations = reservations;
    this.stock = stock;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Expires all due reservations, each in a transaction of its own.
   *
   * @throws RuntimeException when reservations can't be read, or too many can't be expired
   */
  public Run run() {
    int expired = 0;
    Map<String, RuntimeException> failed = new HashMap<>();
    while (true) {
      AtomicReference<String> current = new AtomicReference<>();
      try {
        if (!transaction.within(() -> expireOne(current))) {
          return new Run(expired, failed);
        }
        expired++;
        failing.remove(current.get());
      } catch (RuntimeException e) {
        String id = current.get();
        if (id == null || (failing.size() >= MOST_FAILING && !failing.containsKey(id))) {
          throw e;
        }
        failed.put(id, e);
        setAside(id);
      }
    }
  }

  /** The number of reservations that can't be expired, as this instance knows. */
  public int failing() {
    return failing.size();
  }

  private void setAside(String id) {
    Instant now = clock.instant();
    failing.compute(
        id,
        (key, before) ->
            before == null ? new Failing(FIRST_PAUSE, now.plus(FIRST_PAUSE)) : before.again(now));
  }

  private boolean expireOne(AtomicReference<String> current) {
    Instant now = clock.instant();
    Optional<Reservation> due = reservations.lockExpired(now, paused(now));
    due.ifPresent(
        reservation -> {
          current.set(reservation.id());
          Reservation expired = reservation.become(ReservationStatus.EXPIRED);
          expired.lines().forEach(stock::giveBack);
          reservations.update(expired);
        });
    return due.isPresent();
  }

  private Collection<String> paused(Instant now) {
    return failing.isEmpty()
        ? List.of()
        : failing.entrySet().stream()
            .filter(each -> each.getValue().retryAt().isAfter(now))
            .map(Map.Entry::getKey)
            .toList();
  }
}
