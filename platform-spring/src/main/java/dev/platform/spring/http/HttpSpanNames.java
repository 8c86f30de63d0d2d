package dev.platform.spring.http;

import io.micrometer.common.KeyValues;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * On Spring MVC: Spring's convention for timers, and OpenTelemetry's for spans: their names and,
 * beside the timers' few keys, their attributes.
 */
final class HttpSpanNames extends DefaultServerRequestObservationConvention {

  HttpSpanNames(String meter) {
    super(meter);
  }

  @Override
  public String getContextualName(ServerRequestObservationContext context) {
    return HttpAttributes.name(context.getCarrier().getMethod(), context.getPathPattern());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(ServerRequestObservationContext context) {
    HttpServletRequest request = context.getCarrier();
    HttpServletResponse response = context.getResponse();
    return new HttpAttributes(
            request.getMethod(),
            request.getScheme(),
            request.getRequestURI(),
            request.getServerName(),
            request.getServerPort(),
            context.getPathPattern(),
            response == null ? null : response.getStatus())
        .keyValues();
  }
}
