package dev.platform.core.telemetry;

import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.common.Attributes;

/**
 * What gRPC calls are called in spans and timers. A bean of this type replaces {@link
 * OpenTelemetryCallConvention}, which can also be extended. Asked once for each method, target and
 * code and then remembered: whatever differs from call to call belongs on the current span.
 * Thread-safe; must not block.
 *
 * <p>A target is the service that a client calls, as its channel names it: never an instance. On
 * the server it is empty.
 *
 * <p>Whatever it says, {@code platform.outcome} is added, and a call that the {@link
 * dev.platform.core.outcome.OutcomeClassifier} calls a failure is an error.
 */
public interface GrpcCallConvention {

  /** The name of a call's span. */
  String spanName(CallSide side, MethodDescriptor<?, ?> method);

  /** What a span is started with; samplers see it. */
  Attributes startAttributes(CallSide side, MethodDescriptor<?, ?> method, String target);

  /** What a span is ended with. */
  Attributes endAttributes(CallSide side, Code code);

  /** The tags of the timer; each combination is a series. */
  Tags tags(CallSide side, MethodDescriptor<?, ?> method, String target, Code code);

  /** Whether a span that ends so is marked as failed. */
  boolean isError(CallSide side, Code code);
}
