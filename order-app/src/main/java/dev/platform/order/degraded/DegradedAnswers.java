package dev.platform.order.degraded;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import java.util.Collection;
import org.springframework.stereotype.Component;

/**
 * Counts degraded answers as {@code mall.degraded.answers}, and marks their spans with {@code
 * platform.degraded}. Thread-safe.
 */
@Component
public final class DegradedAnswers {

  private static final AttributeKey<String> ANSWER = AttributeKey.stringKey("platform.answer");
  private static final AttributeKey<String> FEATURE = AttributeKey.stringKey("platform.feature");

  private final MeterRegistry meters;

  /** Counts in these meters. */
  public DegradedAnswers(MeterRegistry meters) {
    this.meters = meters;
  }

  /**
   * Counts an answer, and adds an event to the current span, once for each missing feature.
   *
   * @param answer the kind of answer, such as {@code order}
   */
  public void count(String answer, Collection<String> features) {
    for (String feature : features) {
      Counter.builder("mall.degraded.answers")
          .description("Answers without one of their features")
          .tag("answer", answer)
          .tag("feature", feature)
          .register(meters)
          .increment();
      Span.current().addEvent("platform.degraded", Attributes.of(ANSWER, answer, FEATURE, feature));
    }
  }
}
