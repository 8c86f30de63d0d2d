package dev.platform.order.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Samples a new trace that is linked to another one if that one is sampled: with a probability of a
 * tenth, a tenth of all orders is complete, rather than a hundredth. Thread-safe.
 */
final class LinkedSampler implements Sampler {

  private final Sampler others;

  /**
   * @param others decides on spans with a parent or without a link
   */
  LinkedSampler(Sampler others) {
    this.others = others;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    if (links.isEmpty() || Span.fromContext(parent).getSpanContext().isValid()) {
      return others.shouldSample(parent, traceId, name, kind, attributes, links);
    }
    boolean recorded = links.stream().anyMatch(link -> link.getSpanContext().isSampled());
    return SamplingResult.create(
        recorded ? SamplingDecision.RECORD_AND_SAMPLE : SamplingDecision.DROP);
  }

  @Override
  public String getDescription() {
    return "LinkedSampler{" + others.getDescription() + "}";
  }

  @Override
  public String toString() {
    return getDescription();
  }
}
