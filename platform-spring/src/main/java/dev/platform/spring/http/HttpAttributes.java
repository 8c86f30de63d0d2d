package dev.platform.spring.http;

import io.micrometer.common.KeyValues;
import io.micrometer.common.util.StringUtils;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's name and attributes of an HTTP server span, for any web framework. The query is
 * omitted: it may contain secrets.
 */
record HttpAttributes(
    String method,
    String scheme,
    String path,
    String host,
    int port,
    @Nullable String route,
    @Nullable Integer status) {

  private static final Set<String> METHODS =
      Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

  /** The span's name, such as {@code POST /api/orders}. */
  static String name(String method, @Nullable String route) {
    return StringUtils.isBlank(route) ? known(method) : known(method) + " " + route;
  }

  KeyValues keyValues() {
    KeyValues all =
        KeyValues.of(
            "http.request.method",
            known(method),
            "url.scheme",
            scheme,
            "url.path",
            path,
            "server.address",
            host,
            "server.port",
            Integer.toString(port));
    if (route != null && StringUtils.isNotBlank(route)) {
      all = all.and("http.route", route);
    }
    return status == null ? all : all.and("http.response.status_code", Integer.toString(status));
  }

  /** Clients may send any method; unknown ones share one name. */
  private static String known(String method) {
    return METHODS.contains(method) ? method : "HTTP";
  }
}
