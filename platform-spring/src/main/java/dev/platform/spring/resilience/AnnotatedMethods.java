package dev.platform.spring.resilience;

import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The methods with Resilience4j's annotations, as far as beans have been created. Thread-safe. */
public final class AnnotatedMethods {

  private final Set<String> breakers = ConcurrentHashMap.newKeySet();
  private final Map<String, String> limiters = new ConcurrentHashMap<>();
  private final Set<String> withFallback = ConcurrentHashMap.newKeySet();
  private final Set<String> retried = ConcurrentHashMap.newKeySet();

  AnnotatedMethods() {}

  /** The names of all breakers in annotations. */
  public Set<String> breakers() {
    return new TreeSet<>(breakers);
  }

  /**
   * The names of all rate limiters in annotations, each with one annotated method; expressions are
   * not evaluated.
   */
  public Map<String, String> limiters() {
    return new TreeMap<>(limiters);
  }

  /** The methods whose breaker's fallback answers before their retry sees the failure. */
  public Set<String> hiddenFromRetry() {
    Set<String> both = new TreeSet<>(withFallback);
    both.retainAll(retried);
    return both;
  }

  void add(Annotation annotation, Method method) {
    String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
    if (annotation instanceof CircuitBreaker breaker) {
      breakers.add(breaker.name());
      if (!breaker.fallbackMethod().isEmpty()) {
        withFallback.add(name);
      }
    } else if (annotation instanceof RateLimiter limiter) {
      limiters.putIfAbsent(limiter.name(), name);
    } else if (annotation instanceof Retry) {
      retried.add(name);
    }
  }
}
