package dev.platform.spring.http;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpHeaders;

/**
 * Receives the body before the servlet runs. Until it is there, or its time is over, the request
 * occupies no thread: however many clients send slowly, the threads are there for others. What
 * filters have attached to their thread is attached again, if Micrometer's context propagation
 * knows it: gRPC's context, the trace, Spring Security's context.
 *
 * <p>Must be the last filter, since those after it would only see the second, asynchronous
 * dispatch. {@link LastFilter} sees to that, and then switches it on; so it is off in MockMvc and
 * on other web servers than Tomcat.
 */
final class BodyReceivingFilter implements Filter {

  private static final String RECEPTION = BodyReceivingFilter.class.getName();
  private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().build();

  private final HttpBodyProperties properties;
  private final RequestBodies bodies;
  private final AtomicLong buffered = new AtomicLong();
  private volatile boolean on;

  BodyReceivingFilter(HttpBodyProperties properties, RequestBodies bodies) {
    this.properties = properties;
    this.bodies = bodies;
  }

  /** From now on bodies are received. */
  void switchOn() {
    on = true;
  }

  /** The bytes of bodies in memory. */
  long buffered() {
    return buffered.get();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!on
        || !(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      chain.doFilter(request, response);
    } else if (request.getAttribute(RECEPTION) instanceof Receiving receiving) {
      request.removeAttribute(RECEPTION);
      goOn(receiving, http, answer, chain);
    } else {
      begin(http, answer, chain);
    }
  }

  private void begin(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!RequestBodies.hasBody(request)
        || !request.isAsyncSupported()
        || request.isAsyncStarted()
        || bodies.isReadByOthers(request)) {
      chain.doFilter(request, response);
      return;
    }
    long length = request.getContentLengthLong();
    ServletInputStream in = request.getInputStream();
    if (length > properties.maxSize().toBytes() + BodyReception.MOST_DROPPED) {
      response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
    } else if (length >= 0
        && length <= properties.maxSize().toBytes()
        && in.available() >= length) {
      // It came with the headers, and nobody waits.
      byte[] all = in.readNBytes((int) length);
      chain.doFilter(new ReceivedBody(request, new ByteArrayInputStream(all)), response);
    } else {
      receive(request, in, response);
    }
  }

  private void receive(
      HttpServletRequest request, ServletInputStream in, HttpServletResponse response) {
    BodyReception reception =
        new BodyReception(
            properties.maxSize().toBytes(), properties.maxBuffered().toBytes(), buffered);
    ReceivedBody received = new ReceivedBody(request, reception.body());
    request.setAttribute(RECEPTION, new Receiving(reception, received, SNAPSHOTS.captureAll()));
    AsyncContext async = request.startAsync(received, response);
    async.setTimeout(properties.timeout().toMillis());
    reception.start(async, in);
  }

  private static void goOn(
      Receiving receiving,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    int outcome = receiving.reception().outcome();
    if (outcome != BodyReception.RECEIVED) {
      if (outcome == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
        response.setHeader(HttpHeaders.RETRY_AFTER, "1");
      }
      response.sendError(outcome);
      return;
    }
    receiving.request().setFirst(true);
    try (ContextSnapshot.Scope unused = receiving.attached().setThreadLocals()) {
      chain.doFilter(request, response);
    } finally {
      receiving.request().setFirst(false);
    }
  }

  /**
   * @param attached what filters before this one have attached to the thread of the first dispatch
   */
  private record Receiving(
      BodyReception reception, ReceivedBody request, ContextSnapshot attached) {}
}
