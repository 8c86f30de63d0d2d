package dev.platform.spring.http;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.Span;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Creates no span for a request on an untraced path that would start a trace. Only the first
 * tracing handler that supports a request handles it; timers have a handler of their own.
 */
final class UntracedRequests
    implements TracingObservationHandler<ServerRequestObservationContext>, Ordered {

  private final List<PathPattern> paths;
  private final Tracer tracer;
  private final Propagator propagator;

  UntracedRequests(Collection<String> paths, Tracer tracer, Propagator propagator) {
    PathPatternParser parser = new PathPatternParser();
    this.paths = paths.stream().map(parser::parse).toList();
    this.tracer = tracer;
    this.propagator = propagator;
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof ServerRequestObservationContext served
        && beginsATrace(served.getCarrier())
        && isUntraced(served.getCarrier());
  }

  private boolean beginsATrace(HttpServletRequest request) {
    return propagator.fields().stream().allMatch(field -> request.getHeader(field) == null);
  }

  private boolean isUntraced(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    PathContainer parsed = PathContainer.parsePath(path);
    return paths.stream().anyMatch(pattern -> pattern.matches(parsed));
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public Tracer getTracer() {
    return tracer;
  }

  @Override
  public void onStart(ServerRequestObservationContext context) {
    // The timer's handler needs one.
    getTracingContext(context).setSpan(OtelSpan.fromOtel(Span.getInvalid()));
  }

  // The interface's other defaults need a span.

  @Override
  public void onError(ServerRequestObservationContext context) {}

  @Override
  public void onEvent(Observation.Event event, ServerRequestObservationContext context) {}

  @Override
  public void onScopeOpened(ServerRequestObservationContext context) {}

  @Override
  public void onScopeClosed(ServerRequestObservationContext context) {}

  @Override
  public void onScopeReset(ServerRequestObservationContext context) {}
}
