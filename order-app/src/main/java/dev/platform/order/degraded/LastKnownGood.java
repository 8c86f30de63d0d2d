package dev.platform.order.degraded;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The last good answer to each question, for as long as it may replace a new one. Bounded; evicts
 * the answers that were renewed longest ago. Not a cache in front of a service: call the service
 * first, and use this when the call fails. Thread-safe, never blocks.
 */
public final class LastKnownGood<K, V> {

  private record Answer<V>(V value, long nanos) {}

  private final Cache<K, Answer<V>> answers;
  private final Ticker ticker;

  /**
   * @param maxEntries how many answers are kept; 0 for none
   * @param maxAge how old an answer may be
   */
  public LastKnownGood(long maxEntries, Duration maxAge, Ticker ticker) {
    this.ticker = ticker;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .expireAfterWrite(maxAge)
            .ticker(ticker)
            // Evicts at once instead of on another thread later.
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  /** Keeps a new answer. */
  public void keep(K question, V answer) {
    answers.put(question, new Answer<>(answer, ticker.read()));
  }

  /** Forgets an answer that is known to be wrong. */
  public void forget(K question) {
    answers.invalidate(question);
  }

  /** Forgets all answers. */
  public void clear() {
    answers.invalidateAll();
  }

  /** The last good answer, unless it is too old. */
  public Optional<AgedAnswer<V>> find(K question) {
    return Optional.ofNullable(answers.getIfPresent(question))
        .map(answer -> new AgedAnswer<>(answer.value(), ageOf(answer)));
  }

  /** Publishes hits, misses and size as {@code cache.*} under this name. */
  public void bindTo(MeterRegistry meters, String name) {
    CaffeineCacheMetrics.monitor(meters, answers, name, List.of());
  }

  private Duration ageOf(Answer<V> answer) {
    return Duration.ofNanos(Math.max(1_000_000, ticker.read() - answer.nanos()));
  }
}
