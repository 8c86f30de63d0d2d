package dev.platform.spring.http;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Marks the span of a request with a 5xx response as failed, as OpenTelemetry's HTTP conventions
 * require. Micrometer does so only for exceptions, and most are turned into responses before.
 */
final class FailedRequests implements ObservationFilter {

  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final int SERVER_ERRORS = 500;

  @Override
  public Observation.Context map(Observation.Context context) {
    if (context instanceof ServerRequestObservationContext request && request.getError() == null) {
      TracingContext traced = context.get(TracingContext.class);
      HttpServletResponse response = request.getResponse();
      if (response != null && response.getStatus() >= SERVER_ERRORS) {
        mark(traced == null ? null : traced.getSpan(), response.getStatus());
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
