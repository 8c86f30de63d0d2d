package dev.platform.core.call;

import dev.platform.core.outcome.AnswerTimes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The answer times of called methods. Bounded, thread-safe, never blocks. */
final class CalledMethods {

  /** Of further methods no usual time is known. */
  private static final int MOST = 2000;

  private final ConcurrentMap<String, Map<String, AnswerTimes>> targets = new ConcurrentHashMap<>();
  private final AtomicInteger known = new AtomicInteger();

  /**
   * The answer times of a method.
   *
   * @param target the authority of the channel
   * @param method its full name
   */
  AnswerTimes times(String target, String method) {
    Map<String, AnswerTimes> methods = targets.get(target);
    AnswerTimes times = methods == null ? null : methods.get(method);
    return times == null ? add(target, method) : times;
  }

  private AnswerTimes add(String target, String method) {
    if (known.get() >= MOST) {
      return new AnswerTimes();
    }
    return targets
        .computeIfAbsent(target, unused -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            method,
            unused -> {
              known.incrementAndGet();
              return new AnswerTimes();
            });
  }
}
