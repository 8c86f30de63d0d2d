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
 * Records a new trace that is linked to another one if that is recorded: of a tenth of all orders
 * one sees everything, rather than of a hundredth. Thread-safe.
 */
final class LinkedSampler implements Sampler {

  private final Sampler others;

  /**
   * @param others decides on what has a parent, or no link
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
