package dev.platform.spring.http;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Marks the span of a request with a 5xx response as failed, as OpenTelemetry's HTTP conventions
 * require. Micrometer does so only for exceptions, and most are turned into responses before.
 *
 * @param <C> the context of a request, one type for Spring MVC and one for WebFlux
 */
final class FailedRequests<C extends Observation.Context> implements ObservationFilter {

  /** The status of a request without a response. */
  static final int NONE = 0;

  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final int SERVER_ERRORS = 500;

  private final Class<C> type;
  private final ToIntFunction<C> status;

  FailedRequests(Class<C> type, ToIntFunction<C> status) {
    this.type = type;
    this.status = status;
  }

  @Override
  public Observation.Context map(Observation.Context context) {
    if (type.isInstance(context) && context.getError() == null) {
      TracingContext traced = context.get(TracingContext.class);
      int answered = status.applyAsInt(type.cast(context));
      if (answered >= SERVER_ERRORS) {
        mark(traced == null ? null : traced.getSpan(), answered);
      }
    }
    return context;
  }

  private static void mark(io.micrometer.tracing.@Nullable Span traced, int status) {
    if (traced instanceof OtelSpan) {
      Span span = OtelSpan.toOtel(traced);
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(ERROR_TYPE, Integer.toString(status));
    }
  }
}
