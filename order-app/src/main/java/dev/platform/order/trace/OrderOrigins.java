package dev.platform.order.trace;

import dev.platform.order.domain.FollowUpTracer;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The origins of orders: an order keeps the span that recorded it, and background work for the
 * order is a separate trace that is linked to that span. Thread-safe.
 */
@Component
public final class OrderOrigins implements FollowUpTracer {

  private final Tracer tracer;

  OrderOrigins(ObjectProvider<Tracer> tracer) {
    this.tracer = tracer.getIfAvailable(() -> Tracer.NOOP);
  }

  /** The current span as a {@code traceparent}; null outside any. */
  public @Nullable String current() {
    Span span = tracer.currentSpan();
    return span == null || span.context().traceId().isEmpty()
        ? null
        : TraceParent.write(span.context());
  }

  @Override
  public void run(String what, String orderId, String origin, Runnable work) {
    Span.Builder builder = tracer.spanBuilder().setNoParent().name(what).tag("order.id", orderId);
    TraceParent.read(origin, tracer).ifPresent(parent -> builder.addLink(new Link(parent)));
    Span span = builder.start();
    try (Tracer.SpanInScope ignored = tracer.withSpan(span)) {
      work.run();
    } catch (RuntimeException | Error e) {
      span.error(e);
      throw e;
    } finally {
      span.end();
    }
  }
}
