package dev.platform.core.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were checked: each for a minute, or until it expires if that is earlier. So a token
 * that is revoked, or whose key is withdrawn, is accepted for at most a minute more. Thread-safe.
 */
final class VerifiedTokens {

  private static final long MOST_NANOS = Duration.ofMinutes(1).toNanos();

  private final Clock clock;
  private final LongSupplier nanoTime;
  private final RecentEntries<String, Entry> entries;

  VerifiedTokens(int size, Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.entries = new RecentEntries<>(size);
  }

  /** The caller with the user whom the token has proved; null if it has to be checked. */
  @Nullable CallerIdentity find(String token, CallerIdentity workload) {
    Entry known = entries.get(token);
    if (known == null) {
      return null;
    }
    if (nanoTime.getAsLong() - known.endsAt >= 0) {
      entries.remove(token);
      return null;
    }
    return known.caller(token, workload);
  }

  void add(String token, CallerIdentity caller, User user) {
    long lasting = MOST_NANOS;
    Instant expiry = user.expiresAt();
    if (expiry != null) {
      Duration left = Duration.between(clock.instant(), expiry);
      lasting = left.compareTo(Duration.ofMinutes(1)) < 0 ? left.toNanos() : MOST_NANOS;
    }
    if (lasting > 0) {
      entries.put(token, new Entry(user, nanoTime.getAsLong() + lasting, caller));
    }
  }

  int size() {
    return entries.size();
  }

  private static final class Entry {

    private final User user;
    private final long endsAt;
    // the most recent one; most tokens come through one workload
    private volatile CallerIdentity caller;

    Entry(User user, long endsAt, CallerIdentity caller) {
      this.user = user;
      this.endsAt = endsAt;
      this.caller = caller;
    }

    CallerIdentity caller(String token, CallerIdentity workload) {
      CallerIdentity last = caller;
      if (Objects.equals(last.workload(), workload.workload())) {
        return last;
      }
      CallerIdentity other = workload.onBehalfOf(user, token);
      caller = other;
      return other;
    }
  }
}
