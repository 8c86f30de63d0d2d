package dev.platform.spring.http;

import io.micrometer.common.KeyValues;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/** {@link HttpSpanNames} on WebFlux. */
final class ReactiveHttpSpanNames extends DefaultServerRequestObservationConvention {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  ReactiveHttpSpanNames(String meter) {
    super(meter);
  }

  @Override
  public String getContextualName(ServerRequestObservationContext context) {
    return HttpAttributes.name(context.getCarrier().getMethod().name(), context.getPathPattern());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(ServerRequestObservationContext context) {
    ServerHttpRequest request = context.getCarrier();
    URI uri = request.getURI();
    String scheme = Objects.requireNonNullElse(uri.getScheme(), "http");
    return new HttpAttributes(
            request.getMethod().name(),
            scheme,
            uri.getRawPath(),
            Objects.requireNonNullElse(uri.getHost(), "unknown"),
            port(uri, scheme),
            context.getPathPattern(),
            statusCode(context))
        .keyValues();
  }

  static @Nullable Integer statusCode(ServerRequestObservationContext context) {
    ServerHttpResponse response = context.getResponse();
    HttpStatusCode status = response == null ? null : response.getStatusCode();
    return status == null ? null : status.value();
  }

  private static int port(URI uri, String scheme) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return scheme.equals("https") ? HTTPS : HTTP;
  }
}
