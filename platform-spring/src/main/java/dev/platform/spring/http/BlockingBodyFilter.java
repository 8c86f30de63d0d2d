package dev.platform.spring.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Bounds the requests whose body is read on a thread of the web server, so that slow clients do not
 * occupy all threads. Outermost: other filters read forms, too.
 */
final class BlockingBodyFilter extends OncePerRequestFilter {

  private final RequestBodies bodies;
  private final Semaphore places;

  BlockingBodyFilter(RequestBodies bodies, int places) {
    this.bodies = bodies;
    this.places = new Semaphore(places);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!RequestBodies.hasBody(request) || !bodies.isReadByOthers(request)) {
      chain.doFilter(request, response);
      return;
    }
    if (!places.tryAcquire()) {
      response.setHeader(HttpHeaders.RETRY_AFTER, "1");
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      places.release();
    }
  }
}
