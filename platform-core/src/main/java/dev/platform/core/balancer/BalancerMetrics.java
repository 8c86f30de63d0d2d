package dev.platform.core.balancer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of the instances that load balancers avoid, by called service and reason. Thread-safe,
 * never blocks.
 */
public final class BalancerMetrics implements AvoidanceListener, MeterBinder {

  private final Map<Subject, AtomicInteger> avoided = new ConcurrentHashMap<>();
  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  private record Subject(String service, Reason reason) {

    String tag() {
      return reason.name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
    avoided.forEach((subject, count) -> gauge(registry, subject, count));
  }

  @Override
  public void changed(String service, Reason reason, boolean begins) {
    Subject subject = new Subject(service, reason);
    avoided.computeIfAbsent(subject, this::first).addAndGet(begins ? 1 : -1);
    for (MeterRegistry registry : registries) {
      Counter avoidances =
          Counter.builder("platform.balancer.avoidances")
              .description("How often an instance began to be avoided")
              .tag("service", service)
              .tag("reason", subject.tag())
              .register(registry);
      if (begins) {
        avoidances.increment();
      }
    }
  }

  private AtomicInteger first(Subject subject) {
    AtomicInteger count = new AtomicInteger();
    registries.forEach(registry -> gauge(registry, subject, count));
    return count;
  }

  private static void gauge(MeterRegistry registry, Subject subject, AtomicInteger count) {
    Gauge.builder("platform.balancer.avoided", count, AtomicInteger::get)
        .description("Instances that are avoided")
        .tag("service", subject.service())
        .tag("reason", subject.tag())
        .register(registry);
  }
}
