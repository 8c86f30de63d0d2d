package dev.platform.spring.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Requests of WebFlux within bounds. */
final class ReactiveRequests {

  private ReactiveRequests() {}

  /** The request without the platform's headers, and with the permitted baggage. */
  static ServerHttpRequest without(ForeignHeaders foreign, ServerHttpRequest request) {
    // Only what HttpHeaders has on both lines: it is no map on the newer one.
    if (request.getHeaders().toSingleValueMap().keySet().stream().noneMatch(foreign::concerns)) {
      return request;
    }
    HttpHeaders headers = new HttpHeaders();
    request
        .getHeaders()
        .forEach(
            (name, values) ->
                left(foreign, name, values).forEach(value -> headers.add(name, value)));
    HttpHeaders readOnly = HttpHeaders.readOnlyHttpHeaders(headers);
    return new ServerHttpRequestDecorator(request) {
      @Override
      public HttpHeaders getHeaders() {
        return readOnly;
      }
    };
  }

  private static List<String> left(ForeignHeaders foreign, String name, List<String> values) {
    if (!foreign.concerns(name)) {
      return values;
    }
    return ForeignHeaders.isHidden(name) ? List.of() : foreign.baggage(values);
  }

  /** The request with a body that fails when it is too large or takes too long. */
  static ServerHttpRequest bounded(HttpBodyProperties properties, ServerHttpRequest request) {
    long most = properties.maxSize().toBytes();
    Duration timeout = properties.timeout();
    return new ServerHttpRequestDecorator(request) {
      @Override
      public Flux<DataBuffer> getBody() {
        AtomicLong size = new AtomicLong();
        return super.getBody()
            .takeUntilOther(Mono.delay(timeout).then(failure(HttpStatus.REQUEST_TIMEOUT)))
            .concatMap(
                buffer -> {
                  if (size.addAndGet(buffer.readableByteCount()) <= most) {
                    return Mono.just(buffer);
                  }
                  DataBufferUtils.release(buffer);
                  return failure(HttpStatus.PAYLOAD_TOO_LARGE);
                },
                0);
      }
    };
  }

  private static <T> Mono<T> failure(HttpStatus status) {
    return Mono.error(() -> new ResponseStatusException(status));
  }
}
