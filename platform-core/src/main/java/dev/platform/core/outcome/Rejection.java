package dev.platform.core.outcome;

import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why the platform refused a call before a handler ran. It is sent in the trailer {@code
 * platform-rejected-by}, so that no upstream hop counts it as the callee's failure.
 */
public enum Rejection {

  /** The circuit breaker of a called service is open. */
  CIRCUIT_BREAKER("circuit-breaker"),

  /** No instance of a called service can be called. */
  NO_INSTANCE("no-instance"),

  /** The rate of calls is over a limit. */
  RATE_LIMIT("rate-limit"),

  /** The number of concurrent calls is over a limit. */
  CONCURRENCY_LIMIT("concurrency-limit"),

  /** Too little of the call's deadline was left. */
  DEADLINE("deadline"),

  /** The caller has not proved who it is. */
  AUTHENTICATION("authentication"),

  /** The caller is known and may not make this call. */
  AUTHORIZATION("authorization");

  private static final Metadata.Key<String> MARK =
      Metadata.Key.of("platform-rejected-by", Metadata.ASCII_STRING_MARSHALLER);

  /** gRPC's own pushback: the delay before the client's next attempt. Negative: no retry. */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final String id;

  Rejection(String id) {
    this.id = id;
  }

  /** Its name in trailers, metrics and span events. */
  public String id() {
    return id;
  }

  /** The mark in these trailers. */
  public static Optional<Rejection> of(@Nullable Metadata trailers) {
    String mark = trailers == null ? null : trailers.get(MARK);
    return mark == null
        ? Optional.empty()
        : Arrays.stream(values()).filter(known -> known.id.equals(mark)).findFirst();
  }

  /** Why the call whose end led to this failure was refused, if it was. */
  public static Optional<Rejection> causeOf(@Nullable Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof NoInstanceException) {
        return Optional.of(NO_INSTANCE);
      }
      Optional<Rejection> found = of(trailers(each));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Puts the mark into trailers that have none. */
  public void mark(Metadata trailers) {
    if (!trailers.containsKey(MARK)) {
      trailers.put(MARK, id);
    }
  }

  /** Trailers with this mark that forbid clients to retry. */
  public Metadata trailers() {
    Metadata trailers = new Metadata();
    mark(trailers);
    trailers.put(PUSHBACK, "-1");
    return trailers;
  }

  /** Trailers with this mark and the delay before a client may retry. */
  public Metadata trailers(Duration retryAfter) {
    Metadata trailers = new Metadata();
    mark(trailers);
    trailers.put(PUSHBACK, Long.toString(retryAfter.toMillis()));
    return trailers;
  }

  private static @Nullable Metadata trailers(Throwable failure) {
    if (failure instanceof StatusRuntimeException known) {
      return known.getTrailers();
    }
    return failure instanceof StatusException known ? known.getTrailers() : null;
  }
}
