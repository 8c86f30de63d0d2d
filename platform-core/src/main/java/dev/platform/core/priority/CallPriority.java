package dev.platform.core.priority;

import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The priority of the current work. It travels in gRPC's {@link Context}, and with the calls of the
 * work in the header {@code platform-priority}, over all hops.
 */
public final class CallPriority {

  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("platform-priority", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<Priority> KEY = Context.key("dev.platform.priority");

  private CallPriority() {}

  /** The priority of the current work; null if nobody has given it one. */
  public static @Nullable Priority current() {
    return KEY.get();
  }

  /** This context for work of this priority. */
  public static Context in(Context context, Priority priority) {
    return context.withValue(KEY, priority);
  }
}
