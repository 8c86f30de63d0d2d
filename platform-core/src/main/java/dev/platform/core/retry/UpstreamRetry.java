package dev.platform.core.retry;

import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Whether the caller of this process will retry the call if it fails. Then calls below are not
 * retried: with three attempts at each of three hops, one request would become 27 calls. The header
 * {@code platform-retry-attempts} has the caller's maximal number of attempts; gRPC's own {@code
 * grpc-previous-rpc-attempts} has the number of those before.
 */
final class UpstreamRetry {

  private static final Context.Key<Boolean> KEY =
      Context.keyWithDefault("dev.platform.retried-above", false);

  private static final Metadata.Key<String> ATTEMPTS =
      Metadata.Key.of("platform-retry-attempts", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> PREVIOUS =
      Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

  private UpstreamRetry() {}

  /** Whether the caller of the current work will retry. */
  static boolean isActive() {
    return KEY.get();
  }

  /** Sets the header of a call. */
  static void put(Metadata headers, int attempts) {
    headers.discardAll(ATTEMPTS);
    headers.put(ATTEMPTS, Integer.toString(attempts));
  }

  /** Whether these headers say that the caller will retry. */
  static boolean isActive(Metadata headers) {
    String attempts = headers.get(ATTEMPTS);
    return attempts != null && number(headers.get(PREVIOUS), 0) + 1 < number(attempts, 1);
  }

  /** The context of work whose caller will retry. */
  static Context context() {
    return Context.current().withValue(KEY, true);
  }

  /** Headers are foreign input. */
  private static int number(@Nullable String value, int fallback) {
    return value != null && value.matches("\\d{1,3}") ? Integer.parseInt(value) : fallback;
  }
}
