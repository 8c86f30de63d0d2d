package dev.platform.core.authorization;

import static dev.platform.core.InvalidPropertyException.check;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which workload has called which method with success. A bounded number of pairs is remembered, the
 * first ones. Thread-safe, never blocks; a pair that is known costs two look-ups.
 */
public final class LearnedCalls {

  /** Stands for callers without a proved workload; no workload's name. */
  static final String UNPROVED = "";

  private final int most;
  private final Map<String, Set<String>> callers = new ConcurrentHashMap<>();
  private final AtomicInteger pairs = new AtomicInteger();
  private final AtomicLong leftOut = new AtomicLong();

  /**
   * @param most the number of pairs, 1 to 100000
   */
  public LearnedCalls(int most) {
    checkPairs(most);
    this.most = most;
  }

  /**
   * Checks the number of pairs.
   *
   * @throws dev.platform.core.InvalidPropertyException if it can't work
   */
  public static void checkPairs(int most) {
    check(
        most >= 1 && most <= 100_000,
        "platform.security.authorization.learned-pairs",
        most,
        "1 to 100000");
  }

  /** A call of this method was successful. */
  void learn(String method, @Nullable String workload) {
    String caller = workload == null ? UNPROVED : workload;
    if (isKnown(method, caller)) {
      return;
    }
    if (pairs.get() >= most) {
      // Another thread may have learned it meanwhile.
      if (!isKnown(method, caller)) {
        leftOut.incrementAndGet();
      }
      return;
    }
    if (callers.computeIfAbsent(method, unused -> ConcurrentHashMap.newKeySet()).add(caller)) {
      pairs.incrementAndGet();
    }
  }

  private boolean isKnown(String method, String caller) {
    Set<String> known = callers.get(method);
    return known != null && known.contains(caller);
  }

  /** The callers of each method; an empty name stands for callers without a proved workload. */
  public Map<String, Set<String>> callersByMethod() {
    Map<String, Set<String>> copy = new TreeMap<>();
    callers.forEach((method, some) -> copy.put(method, new TreeSet<>(some)));
    return copy;
  }

  /** Calls whose pair was not remembered, since there were too many. */
  public long leftOut() {
    return leftOut.get();
  }
}
