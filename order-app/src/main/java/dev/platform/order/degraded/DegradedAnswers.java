package dev.platform.order.degraded;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import org.springframework.stereotype.Component;

/** Counts answers that do without something, as {@code mall.degraded.answers}. Thread-safe. */
@Component
public final class DegradedAnswers {

  private final MeterRegistry meters;

  DegradedAnswers(MeterRegistry meters) {
    this.meters = meters;
  }

  /**
   * Counts an answer, once for each feature that it does without.
   *
   * @param answer what was asked for, {@code order} for one
   */
  public void count(String answer, Collection<String> features) {
    for (String feature : features) {
      Counter.builder("mall.degraded.answers")
          .description("Answers that did without a feature")
          .tag("answer", answer)
          .tag("feature", feature)
          .register(meters)
          .increment();
    }
  }
}
