package dev.platform.core.telemetry;

import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.Rejection;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Observes the calls of one method to one target: spans, timers and log lines. Names and attributes
 * do not differ from call to call and are built once. Thread-safe.
 */
final class CallTelemetry {

  /** The buckets that OpenTelemetry recommends, in milliseconds. */
  private static final Duration[] BUCKETS =
      Arrays.stream(
              new long[] {5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000})
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final AttributeKey<String> REJECTED_BY =
      AttributeKey.stringKey("platform.rejected_by");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final String OUTCOME = "platform.outcome";
  private static final int OUTCOMES = CallOutcome.values().length;
  private static final int ENDS = Code.values().length * OUTCOMES;

  private final CallSide side;
  private final MethodDescriptor<?, ?> method;
  private final String target;
  private final GrpcCallConvention convention;
  private final SpanSource spans;
  private final CallLog log;
  private final LogRateLimit lines;
  private final @Nullable MeterRegistry meters;
  private final String name;
  private final boolean traces;
  private final boolean beginsTraces;
  private final Attributes startAttributes;
  // by end()
  private final Attributes[] endAttributes = new Attributes[ENDS];
  private final AtomicReferenceArray<Timer> timers = new AtomicReferenceArray<>(ENDS);
  private volatile @Nullable ClientCallTelemetry listener;

  CallTelemetry(
      CallSide side,
      MethodDescriptor<?, ?> method,
      String target,
      GrpcCallConvention convention,
      SpanSource spans,
      CallLog log,
      @Nullable MeterRegistry meters) {
    this.side = side;
    this.method = method;
    this.target = target;
    this.traces = spans.traces();
    this.beginsTraces = spans.beginsTraces(method);
    this.convention = convention;
    this.spans = spans;
    this.log = log;
    this.lines = log.newLimit();
    this.meters = meters;
    this.name = convention.spanName(side, method);
    this.startAttributes = convention.startAttributes(side, method, target);
    for (Code code : Code.values()) {
      for (CallOutcome outcome : CallOutcome.values()) {
        endAttributes[end(code, outcome)] = endAttributes(code, outcome);
      }
    }
  }

  String name() {
    return name;
  }

  /** Observes client calls of this method to this target. */
  ClientCallTelemetry listener(HeaderPropagation propagation) {
    ClientCallTelemetry known = listener;
    if (known == null) {
      known = new ClientCallTelemetry(this, propagation);
      listener = known;
    }
    return known;
  }

  /**
   * Starts the span of a call. Returns an invalid span if the platform does not trace, or if the
   * call would begin a trace and its service is excluded from that; and the caller's span if
   * neither would be recorded.
   */
  Span start(Context parent) {
    if (!traces) {
      return Span.getInvalid();
    }
    Span caller = Span.fromContext(parent);
    SpanContext trace = caller.getSpanContext();
    if (!trace.isValid()) {
      return beginsTraces ? newSpan(parent) : Span.getInvalid();
    }
    boolean unrecorded = !trace.isSampled() && !caller.isRecording();
    return unrecorded && spans.followsCallers() ? caller : newSpan(parent);
  }

  private Span newSpan(Context parent) {
    return spans
        .tracer()
        .spanBuilder(name)
        .setParent(parent)
        .setSpanKind(side.kind())
        .setAllAttributes(startAttributes)
        .startSpan();
  }

  /**
   * The caller's context with the call's span. An invalid span is left out: the log would show its
   * zeros as a trace id.
   */
  static Context with(Context caller, Span span) {
    boolean own = span.getSpanContext().isValid() && span != Span.fromContext(caller);
    return own ? caller.with(span) : caller;
  }

  /** Starts a span for an attempt of a call, which began earlier. */
  Span startPart(String part, Span call, long epochNanos) {
    return spans
        .tracer()
        .spanBuilder(part)
        .setParent(Context.root().with(call))
        .setAllAttributes(startAttributes)
        .setStartTimestamp(epochNanos, TimeUnit.NANOSECONDS)
        .startSpan();
  }

  /**
   * Counts an attempt beyond a call's first.
   *
   * @param kind {@code retry}, {@code hedge}, or {@code transparent} if the server has not seen the
   *     attempt before
   */
  void countAttempt(String kind) {
    if (meters != null) {
      Counter.builder("platform.retry.attempts")
          .description("Attempts of calls beyond their first")
          .tag("method", method.getFullMethodName())
          .tag("service", target)
          .tag("kind", kind)
          .register(meters)
          .increment();
    }
  }

  /**
   * Ends a call: log line, timer, span. The span must still be current, for the timer's exemplar
   * and the log line.
   *
   * @param transport gRPC's attributes of the connection
   * @param caller the workload that has made a served call; null if that is not proved
   */
  void end(
      Span span,
      Status status,
      @Nullable Metadata trailers,
      CallOutcome outcome,
      long nanos,
      io.grpc.Attributes transport,
      @Nullable String caller) {
    log.ended(method, target, status, outcome, nanos, transport, caller, lines);
    if (meters != null) {
      timer(meters, status.getCode(), outcome).record(nanos, TimeUnit.NANOSECONDS);
    }
    if (span.isRecording()) {
      Optional<Rejection> rejection = status.isOk() ? Optional.empty() : Rejection.of(trailers);
      rejection.ifPresent(
          by -> span.addEvent("platform.rejected", Attributes.of(REJECTED_BY, by.id())));
      describe(span, status, outcome);
    }
    span.end();
  }

  /** Sets status and end attributes of a span. */
  void describe(Span span, Status status, CallOutcome outcome) {
    Code code = status.getCode();
    span.setAllAttributes(endAttributes[end(code, outcome)]);
    if (isError(code, outcome)) {
      String description = status.getDescription();
      span.setStatus(StatusCode.ERROR, description == null ? "" : description);
      Throwable cause = status.getCause();
      if (cause != null) {
        span.recordException(cause);
      }
    }
  }

  /** A failure by the {@code OutcomeClassifier} is an error on both sides, whatever its code. */
  private boolean isError(Code code, CallOutcome outcome) {
    return outcome == CallOutcome.FAILURE || convention.isError(side, code);
  }

  private Attributes endAttributes(Code code, CallOutcome outcome) {
    AttributesBuilder attributes = Attributes.builder();
    if (outcome == CallOutcome.FAILURE) {
      attributes.put(ERROR, code.name());
    }
    return attributes
        .putAll(convention.endAttributes(side, code))
        .put(OUTCOME, text(outcome))
        .build();
  }

  private Tags tags(Code code, CallOutcome outcome) {
    Tags tags = convention.tags(side, method, target, code).and(OUTCOME, text(outcome));
    // All series of a meter have the same tags.
    boolean hasError = tags.stream().anyMatch(tag -> tag.getKey().equals(ERROR.getKey()));
    return hasError && outcome == CallOutcome.FAILURE
        ? tags.and(ERROR.getKey(), code.name())
        : tags;
  }

  private static String text(CallOutcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private static int end(Code code, CallOutcome outcome) {
    return code.value() * OUTCOMES + outcome.ordinal();
  }

  private Timer timer(MeterRegistry registry, Code code, CallOutcome outcome) {
    int end = end(code, outcome);
    Timer known = timers.get(end);
    if (known == null) {
      // Concurrent callers get the same timer from the registry.
      known =
          Timer.builder(side.timer())
              .description(side.description())
              .tags(tags(code, outcome))
              .serviceLevelObjectives(BUCKETS)
              .register(registry);
      timers.set(end, known);
    }
    return known;
  }
}
