package dev.platform.order.edge;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Sends a client its request's trace id in {@code traceresponse}, as in W3C's draft, and the page
 * of a recorded trace as a {@code Link}.
 */
final class TraceHeaders implements HandlerInterceptor {

  private final Tracer tracer;
  private final @Nullable String traceUrl;

  TraceHeaders(Tracer tracer, @Nullable String traceUrl) {
    this.tracer = tracer;
    this.traceUrl = traceUrl;
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Span span = tracer.currentSpan();
    if (span != null && !span.context().traceId().isEmpty()) {
      addHeaders(span.context(), response);
    }
    return true;
  }

  private void addHeaders(TraceContext context, HttpServletResponse response) {
    boolean recorded = Boolean.TRUE.equals(context.sampled());
    response.setHeader(
        "traceresponse",
        "00-%s-%s-%s".formatted(context.traceId(), context.spanId(), recorded ? "01" : "00"));
    if (recorded && traceUrl != null) {
      String url = traceUrl.replace(EdgeProperties.TRACE_ID, context.traceId());
      response.setHeader(HttpHeaders.LINK, "<" + url + ">; rel=\"trace\"");
    }
  }
}
