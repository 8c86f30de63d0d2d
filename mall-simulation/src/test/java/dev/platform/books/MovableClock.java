package dev.platform.books;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The wall clock of all processes; only the history moves it. */
final class MovableClock extends Clock {

  private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

  void advance(Duration time) {
    now = now.plus(time);
  }

  /** Never goes back. */
  void advanceTo(Instant time) {
    if (time.isAfter(now)) {
      now = time;
    }
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("nothing asks for the time in " + zone);
  }
}
