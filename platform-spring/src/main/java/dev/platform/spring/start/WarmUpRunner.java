package dev.platform.spring.start;

import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpReport;
import dev.platform.core.start.WarmUpReport.Part;
import dev.platform.core.start.WarmUpReport.State;
import dev.platform.core.start.WarmUps;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.metrics.StartupStep;

/**
 * Runs the warm-ups after the application's own runners. Boot calls runners once all servers
 * listen, and reports readiness, which the registration waits for, when they have returned.
 */
final class WarmUpRunner implements ApplicationRunner, Ordered {

  private static final long POLL_MILLIS = 10;

  private final WarmUps warmUps;
  private final ConfigurableApplicationContext context;
  private final ObjectProvider<MeterRegistry> meters;

  WarmUpRunner(
      WarmUps warmUps,
      ConfigurableApplicationContext context,
      ObjectProvider<MeterRegistry> meters) {
    this.warmUps = warmUps;
    this.context = context;
    this.meters = meters;
  }

  /** The last one. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void run(ApplicationArguments arguments) throws InterruptedException {
    StartupStep step = context.getApplicationStartup().start("platform.warm-up");
    WarmUpReport report = warmUps.run(parts());
    for (Part part : report.parts()) {
      step.tag(part.name(), part.result() + " " + part.took().toMillis() + "ms");
    }
    step.end();
    if (report.state() == State.ENDED) {
      meters.ifAvailable(registry -> publish(report, registry));
    }
    awaitEndIfStopped();
  }

  /** Otherwise Boot would report a process that shuts down as ready. */
  private void awaitEndIfStopped() throws InterruptedException {
    while (warmUps.isStopped() && context.isRunning()) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Map<String, WarmUp> parts() {
    Map<WarmUp, String> names = new IdentityHashMap<>();
    context.getBeansOfType(WarmUp.class).forEach((name, warmUp) -> names.put(warmUp, name));
    Map<String, WarmUp> parts = new LinkedHashMap<>();
    context
        .getBeanProvider(WarmUp.class)
        .orderedStream()
        .forEach(warmUp -> parts.put(names.getOrDefault(warmUp, "unnamed"), warmUp));
    return parts;
  }

  private static void publish(WarmUpReport report, MeterRegistry meters) {
    for (Part part : report.parts()) {
      Duration took = part.took();
      TimeGauge.builder("platform.start.warm.up", took, TimeUnit.NANOSECONDS, Duration::toNanos)
          .description("How long a part of the warm-up took before the process was ready")
          .tag("part", part.name())
          .tag("result", part.result().name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(meters);
    }
  }
}
