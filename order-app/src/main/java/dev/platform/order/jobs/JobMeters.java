package dev.platform.order.jobs;

import dev.platform.order.domain.Backlog;
import dev.platform.order.domain.Backlogs;
import dev.platform.order.domain.Task;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How far behind the jobs are: {@code mall.jobs.waiting}, {@code mall.jobs.oldest.age} and {@code
 * mall.jobs.parked}, each by task. Of all instances together, so each instance reports the same.
 * The last measurement counts, so reading a meter never blocks; NaN while the database is
 * unavailable.
 */
final class JobMeters {

  private static final double MILLIS = 1000;

  private final Backlogs backlogs;
  private final Clock clock;
  private volatile Map<Task, Backlog> measured = Map.of();

  JobMeters(Backlogs backlogs, Clock clock, MeterRegistry meters) {
    this.backlogs = backlogs;
    this.clock = clock;
    for (Task task : Task.values()) {
      gauge("waiting", "Entries that are due", task, Backlog::waiting).register(meters);
      gauge("oldest.age", "How long the oldest entry has been due", task, JobMeters::seconds)
          .baseUnit("seconds")
          .register(meters);
      gauge("parked", "Entries that are no longer tried", task, Backlog::parked).register(meters);
    }
  }

  /** Measures all. Blocks on the database; throws if it fails. */
  void measure() {
    try {
      measured = backlogs.measure(clock.instant());
    } catch (RuntimeException e) {
      measured = Map.of();
      throw e;
    }
  }

  private Gauge.Builder<JobMeters> gauge(
      String name, String description, Task task, ToDoubleFunction<Backlog> value) {
    return Gauge.builder("mall.jobs." + name, this, meters -> meters.value(task, value))
        .description(description)
        .tag("task", task.id());
  }

  private static double seconds(Backlog backlog) {
    return backlog.oldest().toMillis() / MILLIS;
  }

  private double value(Task task, ToDoubleFunction<Backlog> value) {
    Backlog backlog = measured.get(task);
    return backlog == null ? Double.NaN : value.applyAsDouble(backlog);
  }
}
