package dev.platform.core.retry;

import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Whether whoever called this process will make the call again if it fails. Then nothing below is
 * retried: with three attempts at each of three hops, one click would become 27 calls. It travels
 * in the header {@code platform-retry-attempts}, how many attempts the caller makes in all, beside
 * gRPC's own {@code grpc-previous-rpc-attempts}.
 */
final class UpstreamRetry {

  private static final Context.Key<Boolean> KEY =
      Context.keyWithDefault("dev.platform.retried-above", false);

  private static final Metadata.Key<String> ATTEMPTS =
      Metadata.Key.of("platform-retry-attempts", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> PREVIOUS =
      Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

  private UpstreamRetry() {}

  /** What is true for the work that goes on in this context. */
  static boolean isActive() {
    return KEY.get();
  }

  /** Tells the callee. */
  static void tell(Metadata headers, int attempts) {
    headers.discardAll(ATTEMPTS);
    headers.put(ATTEMPTS, Integer.toString(attempts));
  }

  /** What the caller says. */
  static boolean isActive(Metadata headers) {
    String attempts = headers.get(ATTEMPTS);
    return attempts != null && number(headers.get(PREVIOUS), 0) + 1 < number(attempts, 1);
  }

  /** The context for work that its caller would ask for again. */
  static Context context() {
    return Context.current().withValue(KEY, true);
  }

  /** What others send may be anything. */
  private static int number(@Nullable String value, int fallback) {
    return value != null && value.matches("\\d{1,3}") ? Integer.parseInt(value) : fallback;
  }
}
