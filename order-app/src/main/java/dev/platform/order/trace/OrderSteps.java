package dev.platform.order.trace;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.stereotype.Component;

/**
 * The steps of placing an order: a span each, and together the timer {@code mall.order.step} by
 * {@code step}. Thread-safe.
 */
@Component
public final class OrderSteps {

  private final ObservationRegistry observations;

  OrderSteps(ObservationRegistry observations) {
    this.observations = observations;
  }

  /** Runs a step in its own span, which an exception marks as failed. */
  void run(String step, KeyValues spanOnly, Runnable work) {
    Observation.createNotStarted("mall.order.step", observations)
        .contextualName(step)
        .lowCardinalityKeyValue("step", step)
        .highCardinalityKeyValues(spanOnly)
        .observe(work);
  }
}
