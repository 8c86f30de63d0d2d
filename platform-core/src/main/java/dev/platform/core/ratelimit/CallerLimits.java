package dev.platform.core.ratelimit;

import dev.platform.core.identity.CallerIdentity;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.grpc.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A limiter for each of the most recent callers: of each workload that is proved; else, where the
 * header is trusted, of each name in it. A header other than {@code platform-caller} is about
 * others than workloads, such as tenants, and comes first where it is trusted. Thread-safe.
 */
public final class CallerLimits {

  /** The key of all calls without a caller's name; no header can have this value. */
  private static final String UNNAMED = "\n";

  private static final int INITIAL_CAPACITY = 16;
  private static final float LOAD_FACTOR = 0.75f;

  private static final String DEFAULT_HEADER = "platform-caller";

  private final Metadata.Key<String> header;
  private final boolean trustsHeader;
  private final boolean headerFirst;
  private final Function<String, RateLimiter> newLimiter;
  // guarded by itself; the least recently seen comes first
  private final Map<String, RateLimiter> callers;

  /**
   * @param trustsHeader whether the header is read at all
   */
  public CallerLimits(
      String header,
      boolean trustsHeader,
      int maxCallers,
      Function<String, RateLimiter> newLimiter) {
    this.header = Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
    this.trustsHeader = trustsHeader;
    this.headerFirst = trustsHeader && !header.equals(DEFAULT_HEADER);
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
    String caller = caller(headers);
    synchronized (callers) {
      return callers.computeIfAbsent(caller, newLimiter);
    }
  }

  private String caller(Metadata headers) {
    String named = trustsHeader ? headers.get(header) : null;
    if (headerFirst && named != null) {
      return named;
    }
    String proved = CallerIdentity.current().workload().orElse(named);
    return proved == null ? UNNAMED : proved;
  }

  int size() {
    synchronized (callers) {
      return callers.size();
    }
  }
}
