package dev.platform.core.balancer;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which instances are eased in: those that connect while others have been connected for some time,
 * so that these can carry the load meanwhile. When all are new, none is. The time at which an
 * instance says that it started is a hint for callers that are new themselves, no more: it is by
 * another machine's clock.
 *
 * @param window how long an instance is eased in; 0 for never
 */
record SlowStart(Duration window) {

  /**
   * For how long an instance that has just connected is eased in, in nanoseconds; 0 if it is not.
   *
   * @param all the instances, with this one
   */
  long of(TrackedSubchannel connected, Collection<TrackedSubchannel> all, long now, Instant wall) {
    long nanos = window.toNanos();
    boolean young = nanos > 0 && isYoung(connected.startedAt(), wall);
    boolean othersCarry =
        nanos > 0
            && all.stream()
                .filter(other -> other != connected)
                .anyMatch(
                    other ->
                        (other.isReady() && now - other.connectedAt() >= nanos)
                            || (young && isOld(other.startedAt(), wall)));
    return othersCarry ? nanos : 0;
  }

  private boolean isYoung(@Nullable Instant startedAt, Instant wall) {
    return startedAt != null && startedAt.plus(window).isAfter(wall);
  }

  private boolean isOld(@Nullable Instant startedAt, Instant wall) {
    return startedAt != null && !startedAt.plus(window).isAfter(wall);
  }
}
