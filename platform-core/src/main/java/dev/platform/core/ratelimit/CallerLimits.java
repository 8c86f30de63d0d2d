package dev.platform.core.ratelimit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** A limiter for each of the most recent callers. Thread-safe. */
public final class CallerLimits {

  /** The key of all calls without a caller's name; no header can have this value. */
  private static final String UNNAMED = "\n";

  private static final int INITIAL_CAPACITY = 16;
  private static final float LOAD_FACTOR = 0.75f;

  private final Metadata.Key<String> header;
  private final Function<String, RateLimiter> newLimiter;
  // guarded by itself; the least recently seen comes first
  private final Map<String, RateLimiter> callers;

  public CallerLimits(String header, int maxCallers, Function<String, RateLimiter> newLimiter) {
    this.header = Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
    this.newLimiter = newLimiter;
    this.callers =
        new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, RateLimiter> eldest) {
            return size() > maxCallers;
          }
        };
  }

  RateLimiter of(Metadata headers) {
    String name = headers.get(header);
    String caller = name == null ? UNNAMED : name;
    synchronized (callers) {
      return callers.computeIfAbsent(caller, newLimiter);
    }
  }

  int size() {
    synchronized (callers) {
      return callers.size();
    }
  }
}
