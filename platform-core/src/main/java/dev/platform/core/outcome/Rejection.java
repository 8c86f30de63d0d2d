package dev.platform.core.outcome;

import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why the platform refused a call that nobody has worked on. It travels in the trailer {@code
 * platform-rejected-by}, so that every hop above knows that the callee is not to blame.
 */
public enum Rejection {

  /** The circuit breaker of a called service is open. */
  CIRCUIT_BREAKER("circuit-breaker"),

  /** There were more calls in a time than are allowed. */
  RATE_LIMIT("rate-limit"),

  /** There were more calls at once than are allowed. */
  CONCURRENCY_LIMIT("concurrency-limit"),

  /** Too little was left of the call's time to begin. */
  DEADLINE("deadline");

  private static final Metadata.Key<String> MARK =
      Metadata.Key.of("platform-rejected-by", Metadata.ASCII_STRING_MARSHALLER);

  /** gRPC's own: when a client may try again; its retries obey. Negative: not at all. */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final String id;

  Rejection(String id) {
    this.id = id;
  }

  /** What it is called in trailers, metrics and span events. */
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

  /** The mark of the call whose end led to this failure, if it was refused. */
  public static Optional<Rejection> causeOf(@Nullable Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
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

  /** Trailers with this mark that tell clients not to try again. */
  public Metadata trailers() {
    Metadata trailers = new Metadata();
    mark(trailers);
    trailers.put(PUSHBACK, "-1");
    return trailers;
  }

  /** Trailers with this mark that tell clients when they may try again. */
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
