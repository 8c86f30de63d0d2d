package dev.platform.core.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;

/**
 * A served call's trace within gRPC's context: where that context goes, to its own executors or to
 * Kotlin's coroutines, deadline and trace go together. Immutable.
 */
final class ServedContext {

  private static final io.grpc.Context.Key<Context> TRACE =
      io.grpc.Context.key("platform-served-trace");

  private final io.grpc.Context context;

  private ServedContext(io.grpc.Context context) {
    this.context = context;
  }

  /** The current gRPC context with this trace. */
  static ServedContext of(Context trace) {
    return new ServedContext(io.grpc.Context.current().withValue(TRACE, trace));
  }

  /**
   * The context of the caller's trace: OpenTelemetry's current one. Where that has no span, the one
   * of the served call in gRPC's current context.
   */
  static Context ofCaller() {
    Context current = Context.current();
    if (Span.fromContextOrNull(current) != null) {
      return current;
    }
    Context served = TRACE.get();
    return served == null ? current : served;
  }

  /** Makes it current on this thread. Returns what was current before, for {@link #leave}. */
  io.grpc.Context enter() {
    return context.attach();
  }

  void leave(io.grpc.Context before) {
    context.detach(before);
  }
}
