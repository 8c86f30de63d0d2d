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

/** Counts the instances that calls keep away from, by called service and reason. */
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
  public void changed(String service, Reason reason, boolean now) {
    Subject subject = new Subject(service, reason);
    avoided.computeIfAbsent(subject, this::first).addAndGet(now ? 1 : -1);
    for (MeterRegistry registry : registries) {
      Counter avoidances =
          Counter.builder("platform.balancer.avoidances")
              .description("How often calls began to keep away from an instance")
              .tag("service", service)
              .tag("reason", subject.tag())
              .register(registry);
      if (now) {
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
        .description("Instances that calls keep away from")
        .tag("service", subject.service())
        .tag("reason", subject.tag())
        .register(registry);
  }
}
