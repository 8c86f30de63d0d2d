package dev.platform.starter.balancer;

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

  private record Subject(String service, Reason reason) {}

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
  }

  @Override
  public void changed(String service, Reason reason, boolean now) {
    Subject subject = new Subject(service, reason);
    AtomicInteger count = avoided.computeIfAbsent(subject, fresh -> new AtomicInteger());
    count.addAndGet(now ? 1 : -1);
    for (MeterRegistry registry : registries) {
      String name = reason.name().toLowerCase(Locale.ROOT);
      Gauge.builder("platform.balancer.avoided", count, AtomicInteger::get)
          .description("Instances that calls keep away from")
          .tag("service", service)
          .tag("reason", name)
          .register(registry);
      Counter avoidances =
          Counter.builder("platform.balancer.avoidances")
              .description("How often calls began to keep away from an instance")
              .tag("service", service)
              .tag("reason", name)
              .register(registry);
      if (now) {
        avoidances.increment();
      }
    }
  }
}
