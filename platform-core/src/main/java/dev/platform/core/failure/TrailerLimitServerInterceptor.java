package dev.platform.core.failure;

import static dev.platform.core.InvalidPropertyException.check;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shortens the headers and trailers of an answer to what its caller accepts. gRPC would end a call
 * whose trailers are too large with INTERNAL, whatever its status was: the caller would not learn
 * the code, and its circuit breaker would count a failure. The status code is kept, the description
 * and the details are shortened, and the trailer {@code platform-shortened} names what was
 * shortened or left out. The first time for each method there is a warning. Must be outside of
 * everything that adds trailers. Thread-safe, never blocks.
 */
public final class TrailerLimitServerInterceptor implements ServerInterceptor {

  /** What gRPC's clients accept by default, in bytes. */
  public static final int DEFAULT_LIMIT = 8192;

  private static final Logger log = LoggerFactory.getLogger(TrailerLimitServerInterceptor.class);
  private static final int LEAST = 1024;
  private static final int MOST = 1 << 20;

  private final TrailerFit fit;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * @param limit the size of all headers or trailers of an answer in bytes, as HTTP/2 counts it:
   *     names, values and 32 for each; 0 for no limit
   */
  public TrailerLimitServerInterceptor(int limit) {
    checkLimit(limit);
    this.fit = new TrailerFit(limit);
  }

  /** Throws if this limit can't work; 0, for none, is valid. */
  public static void checkLimit(long limit) {
    check(
        limit == 0 || (limit >= LEAST && limit <= MOST),
        "platform.grpc.trailers.max-size",
        limit + "B",
        "0B for no limit, or 1KB to 1MB");
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {

          @Override
          public void sendHeaders(Metadata responseHeaders) {
            int size = TrailerFit.size(Status.OK, responseHeaders);
            super.sendHeaders(
                fit.holds(size)
                    ? responseHeaders
                    : shorten(Status.OK, responseHeaders, size).trailers());
          }

          @Override
          public void close(Status status, Metadata trailers) {
            int size = TrailerFit.size(status, trailers);
            if (fit.holds(size)) {
              super.close(status, trailers);
            } else {
              TrailerFit.Fitted fitted = shorten(status, trailers, size);
              super.close(fitted.status(), fitted.trailers());
            }
          }

          private TrailerFit.Fitted shorten(Status status, Metadata trailers, int size) {
            TrailerFit.Fitted fitted = fit.shorten(status, trailers);
            String method = getMethodDescriptor().getFullMethodName();
            if (warned.add(method)) {
              log.warn(
                  "{}: {} of an answer with {} shortened or left out: {} bytes (expected: <= {})",
                  method,
                  fitted.shortened(),
                  status.getCode(),
                  size,
                  fit.limit());
            }
            return fitted;
          }
        },
        headers);
  }
}
