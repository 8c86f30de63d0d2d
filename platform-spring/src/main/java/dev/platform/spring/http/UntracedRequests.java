package dev.platform.spring.http;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.Span;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Creates no span for a request on an untraced path that would start a trace. Only the first
 * tracing handler that supports a request handles it; timers have a handler of their own.
 *
 * @param <C> the context of a request, one type for Spring MVC and one for WebFlux
 */
final class UntracedRequests<C extends Observation.Context>
    implements TracingObservationHandler<C>, Ordered {

  private final Kind<C> kind;
  private final List<PathPattern> paths;
  private final Tracer tracer;
  private final Propagator propagator;

  /**
   * How the requests of a web framework are read.
   *
   * @param path the path within the application
   * @param hasHeader whether the request has the header of this name
   */
  record Kind<C>(Class<C> type, Function<C, String> path, BiPredicate<C, String> hasHeader) {}

  UntracedRequests(Kind<C> kind, Collection<String> paths, Tracer tracer, Propagator propagator) {
    PathPatternParser parser = new PathPatternParser();
    this.kind = kind;
    this.paths = paths.stream().map(parser::parse).toList();
    this.tracer = tracer;
    this.propagator = propagator;
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    if (!kind.type().isInstance(context)) {
      return false;
    }
    C request = kind.type().cast(context);
    return beginsATrace(request) && isUntraced(request);
  }

  private boolean beginsATrace(C request) {
    return propagator.fields().stream().noneMatch(field -> kind.hasHeader().test(request, field));
  }

  private boolean isUntraced(C request) {
    PathContainer parsed = PathContainer.parsePath(kind.path().apply(request));
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
  public void onStart(C context) {
    // The timer's handler needs one.
    getTracingContext(context).setSpan(OtelSpan.fromOtel(Span.getInvalid()));
  }

  // The interface's other defaults need a span.

  @Override
  public void onError(C context) {}

  @Override
  public void onEvent(Observation.Event event, C context) {}

  @Override
  public void onScopeOpened(C context) {}

  @Override
  public void onScopeClosed(C context) {}

  @Override
  public void onScopeReset(C context) {}
}
