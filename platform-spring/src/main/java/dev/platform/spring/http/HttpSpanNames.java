package dev.platform.spring.http;

import io.micrometer.common.KeyValues;
import io.micrometer.common.util.StringUtils;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Spring's convention for timers, and OpenTelemetry's for spans: their names ({@code POST
 * /api/orders}) and, beside the timers' few keys, their attributes. The query is omitted: it may
 * contain secrets.
 */
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

  @Override
  public KeyValues getHighCardinalityKeyValues(ServerRequestObservationContext context) {
    HttpServletRequest request = context.getCarrier();
    KeyValues known =
        KeyValues.of(
            "http.request.method",
            method(request),
            "url.scheme",
            request.getScheme(),
            "url.path",
            request.getRequestURI(),
            "server.address",
            request.getServerName(),
            "server.port",
            Integer.toString(request.getServerPort()));
    String route = context.getPathPattern();
    if (StringUtils.isNotBlank(route)) {
      known = known.and("http.route", route);
    }
    HttpServletResponse response = context.getResponse();
    return response == null
        ? known
        : known.and("http.response.status_code", Integer.toString(response.getStatus()));
  }

  /** Clients may send any method; unknown ones share one name. */
  private static String method(HttpServletRequest request) {
    return METHODS.contains(request.getMethod()) ? request.getMethod() : "HTTP";
  }
}
