package dev.platform.core.telemetry;

import dev.platform.core.call.ClientCallRecord;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Creates a span and records a timer and a log line for each client call, its attempts included.
 * Where a call has several attempts, each one has a span of its own below that of the call. Needs a
 * {@link dev.platform.core.call.CallRecorder} outside. Thread-safe, never blocks.
 */
public final class TelemetryClientInterceptor implements ClientInterceptor {

  private final GrpcTelemetry telemetry;
  private final HeaderPropagation propagation;

  public TelemetryClientInterceptor(GrpcTelemetry telemetry, HeaderPropagation propagation) {
    this.telemetry = telemetry;
    this.propagation = propagation;
  }

  /** The same for calls that are neither counted nor logged, such as those of a warm-up. */
  public TelemetryClientInterceptor unmetered() {
    return new TelemetryClientInterceptor(telemetry.unmetered(), propagation);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCallRecord.of(options)
        .listen(telemetry.made(next.authority(), method).listener(propagation));
    return next.newCall(method, options);
  }
}
