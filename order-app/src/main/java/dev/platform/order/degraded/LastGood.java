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
 * The last good answer for each question, for as long as it may stand in for a new one. Bounded;
 * what was not told anew for longest goes first. This is no cache in front of a service: ask it
 * first, and come here when it fails. Thread-safe, never blocks.
 */
public final class LastGood<K, V> {

  private record Told<V>(V answer, long nanos) {}

  private final Cache<K, Told<V>> answers;
  private final Ticker ticker;

  /**
   * @param maxEntries how many answers are kept; 0 for none
   * @param maxAge how old an answer may be
   */
  public LastGood(long maxEntries, Duration maxAge, Ticker ticker) {
    this.ticker = ticker;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .expireAfterWrite(maxAge)
            .ticker(ticker)
            // What is too much goes at once, not when a thread has time for it.
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  /** Keeps an answer that was given just now. */
  public void keep(K question, V answer) {
    answers.put(question, new Told<>(answer, ticker.read()));
  }

  /** Forgets an answer that is known to be wrong. */
  public void forget(K question) {
    answers.invalidate(question);
  }

  /** Forgets all. */
  public void clear() {
    answers.invalidateAll();
  }

  /** The last good answer, unless it is too old. */
  public Optional<Aged<V>> find(K question) {
    return Optional.ofNullable(answers.getIfPresent(question))
        .map(told -> new Aged<>(told.answer(), ageOf(told)));
  }

  /** Tells of hits, misses and size as {@code cache.*}, by this name. */
  public void bindTo(MeterRegistry meters, String name) {
    CaffeineCacheMetrics.monitor(meters, answers, name, List.of());
  }

  private Duration ageOf(Told<V> told) {
    return Duration.ofNanos(Math.max(1_000_000, ticker.read() - told.nanos()));
  }
}
