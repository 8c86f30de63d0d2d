package dev.platform.core.telemetry;

import io.grpc.CallOptions;
import io.opentelemetry.api.trace.Span;

/**
 * The span of a call that this process makes, for client interceptors that have something to tell
 * about it: the current span is that of the caller's work. Thread-safe.
 */
public final class CallSpan {

  static final CallOptions.Key<CallSpan> OPTION =
      CallOptions.Key.createWithDefault("dev.platform.span", new CallSpan());

  private volatile Span span = Span.getInvalid();

  CallSpan() {}

  /** One that nothing comes of until the call is started, and where calls are not traced. */
  public static Span of(CallOptions options) {
    return options.getOption(OPTION).get();
  }

  Span get() {
    return span;
  }

  void set(Span started) {
    span = started;
  }
}
