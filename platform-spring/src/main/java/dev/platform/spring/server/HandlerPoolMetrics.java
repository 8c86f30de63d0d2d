package dev.platform.spring.server;

import dev.platform.core.concurrent.HandlerPool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** The gRPC server's threads under the names that Micrometer gives to all executors. */
record HandlerPoolMetrics(HandlerPool pool) implements MeterBinder {

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "active", "threads", "The threads that run a handler", HandlerPool::active);
    gauge(registry, "pool.size", "threads", "The threads that there are", HandlerPool::threads);
    gauge(registry, "pool.max", "threads", "The most threads", HandlerPool::maxThreads);
    gauge(registry, "queued", "tasks", "Work that waits for a thread", HandlerPool::queued);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String unit,
      String description,
      ToDoubleFunction<HandlerPool> value) {
    Gauge.builder("executor." + name, pool, value)
        .tag("name", "grpc-server")
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }
}
