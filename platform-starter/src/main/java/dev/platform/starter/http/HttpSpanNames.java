package dev.platform.starter.http;

import io.micrometer.common.util.StringUtils;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** Spring's convention, but for the span's name: OpenTelemetry's {@code POST /api/orders}. */
final class HttpSpanNames extends DefaultServerRequestObservationConvention {

  private static final Set<String> METHODS =
      Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

  HttpSpanNames(String meter) {
    super(meter);
  }

  @Override
  public String getContextualName(ServerRequestObservationContext context) {
    String method = method(context.getCarrier());
    String route = context.getPathPattern();
    return StringUtils.isBlank(route) ? method : method + " " + route;
  }

  /** A client may make methods up; those are one. */
  private static String method(HttpServletRequest request) {
    return METHODS.contains(request.getMethod()) ? request.getMethod() : "HTTP";
  }
}
