package dev.platform.core.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Headers with tokens that were checked: each for a minute, or until the token expires if that is
 * earlier. So a token that is revoked, or whose key is withdrawn, is accepted for at most a minute
 * more. Thread-safe.
 */
final class VerifiedTokens {

  private static final long MOST_NANOS = Duration.ofMinutes(1).toNanos();

  private final Clock clock;
  private final LongSupplier nanoTime;
  private final RecentEntries<Header, Entry> entries;

  VerifiedTokens(int size, Clock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.entries = new RecentEntries<>(size);
  }

  /** The caller with the user whom this header has proved; null if it has to be checked. */
  @Nullable CallerIdentity find(String authorization, CallerIdentity workload) {
    Header header = new Header(authorization);
    Entry known = entries.get(header);
    if (known == null) {
      return null;
    }
    if (nanoTime.getAsLong() - known.endsAt >= 0) {
      entries.remove(header);
      return null;
    }
    return known.caller(workload);
  }

  /**
   * @param caller the workload on behalf of the user, with the token
   */
  void add(String authorization, CallerIdentity caller, User user) {
    long lasting = MOST_NANOS;
    Instant expiry = user.expiresAt();
    if (expiry != null) {
      Duration left = Duration.between(clock.instant(), expiry);
      lasting = left.compareTo(Duration.ofMinutes(1)) < 0 ? left.toNanos() : MOST_NANOS;
    }
    if (lasting > 0) {
      entries.put(
          new Header(authorization), new Entry(user, nanoTime.getAsLong() + lasting, caller));
    }
  }

  int size() {
    return entries.size();
  }

  /**
   * Its hash is that of its end alone, where a token has its signature: that of the whole would
   * take as long as all else here. Only headers that were checked are kept, so nobody can add many
   * with the same end.
   */
  private record Header(String authorization) {

    private static final int END = 32;

    @Override
    public int hashCode() {
      int hash = authorization.length();
      for (int i = Math.max(0, authorization.length() - END); i < authorization.length(); i++) {
        hash = 31 * hash + authorization.charAt(i);
      }
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Header header && authorization.equals(header.authorization);
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "Header";
    }
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

    CallerIdentity caller(CallerIdentity workload) {
      CallerIdentity last = caller;
      if (Objects.equals(last.workload(), workload.workload())) {
        return last;
      }
      CallerIdentity other = workload.onBehalfOf(user, last.token().orElseThrow());
      caller = other;
      return other;
    }
  }
}
