package dev.platform.core.telemetry;

import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.common.Attributes;

/**
 * The names and attributes of gRPC calls in spans and timers. A bean of this type replaces {@link
 * OpenTelemetryCallConvention}, which can also be extended. Called once for each method, target and
 * code; the results are cached, so whatever differs between calls belongs on the current span.
 * Thread-safe; must not block.
 *
 * <p>The target is the called service, as its channel names it, never an instance. It is empty on
 * the server.
 *
 * <p>{@code platform.outcome} is added in any case, and a call that is a failure by the {@link
 * dev.platform.core.outcome.OutcomeClassifier} is an error.
 */
public interface GrpcCallConvention {

  /** The name of a call's span. */
  String spanName(CallSide side, MethodDescriptor<?, ?> method);

  /** The attributes at the start of a span; samplers see them. */
  Attributes startAttributes(CallSide side, MethodDescriptor<?, ?> method, String target);

  /** The attributes at the end of a span. */
  Attributes endAttributes(CallSide side, Code code);

  /** The tags of the timer; each combination is a series. */
  Tags tags(CallSide side, MethodDescriptor<?, ?> method, String target, Code code);

  /** Whether a span with this status code is an error. */
  boolean isError(CallSide side, Code code);
}
