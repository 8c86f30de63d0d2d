package dev.platform.core.telemetry;

import io.grpc.Metadata;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Propagates trace and baggage in a call's headers. Thread-safe, never blocks. */
public final class HeaderPropagation implements TextMapGetter<Metadata>, TextMapSetter<Metadata> {

  private static final int MOST = 100;

  private static final Set<String> TRACE = Set.of("traceparent", "tracestate");

  private final TextMapPropagator propagator;
  private final TextMapPropagator tracesAlone;
  private final boolean writesTracesAlone;
  private final List<Metadata.Key<String>> traceFields;
  private final List<Metadata.Key<String>> otherFields;
  private final Map<String, Metadata.Key<String>> keys = new ConcurrentHashMap<>();

  public HeaderPropagation(TextMapPropagator propagator) {
    this(propagator, propagator);
  }

  /**
   * For a propagator of traces and OpenTelemetry's baggage. What has no baggage is read and written
   * by the W3C format alone, which is cheaper, if the propagator reads and writes that format.
   */
  public static HeaderPropagation ofW3cTraces(TextMapPropagator propagator) {
    return propagator.fields().containsAll(TRACE)
        ? new HeaderPropagation(propagator, W3CTraceContextPropagator.getInstance())
        : new HeaderPropagation(propagator);
  }

  private HeaderPropagation(TextMapPropagator propagator, TextMapPropagator tracesAlone) {
    this.propagator = propagator;
    this.tracesAlone = tracesAlone;
    this.writesTracesAlone = propagator != tracesAlone && TRACE.equals(written(propagator));
    this.traceFields = keysOf(propagator.fields().stream().filter(TRACE::contains));
    this.otherFields = keysOf(propagator.fields().stream().filter(field -> !TRACE.contains(field)));
  }

  /**
   * The context that the caller sent; the root context if it sent none. Without tracing by the
   * platform the current one, which may be another tracer's.
   */
  Context extract(Metadata headers) {
    if (traceFields.isEmpty() && otherFields.isEmpty()) {
      return Context.current();
    }
    if (containsOneOf(otherFields, headers)) {
      return propagator.extract(Context.root(), headers, this);
    }
    return containsOneOf(traceFields, headers)
        ? tracesAlone.extract(Context.root(), headers, this)
        : Context.root();
  }

  void inject(Context context, Metadata headers) {
    boolean tracesOnly =
        writesTracesAlone && hasNoBaggage(context) && hasNoBaggage(Context.current());
    (tracesOnly ? tracesAlone : propagator).inject(context, headers, this);
  }

  /** False also for spans of Micrometer's bridge, which may have baggage that the context lacks. */
  private static boolean hasNoBaggage(Context context) {
    return Baggage.fromContext(context).isEmpty()
        && Span.fromContext(context).getClass().getName().startsWith("io.opentelemetry.");
  }

  /** The headers that a propagator writes for a trace without baggage. */
  private static Set<String> written(TextMapPropagator propagator) {
    Set<String> headers = new HashSet<>();
    Context trace =
        Context.root()
            .with(
                Span.wrap(
                    SpanContext.create(
                        "0af7651916cd43dd8448eb211c80319c",
                        "b7ad6b7169203331",
                        TraceFlags.getSampled(),
                        TraceState.builder().put("probe", "1").build())));
    propagator.inject(trace, headers, (written, name, value) -> written.add(name));
    return headers;
  }

  @Override
  public Iterable<String> keys(Metadata headers) {
    return headers.keys();
  }

  @Override
  public @Nullable String get(@Nullable Metadata headers, String name) {
    return headers == null ? null : headers.get(key(name));
  }

  @Override
  public void set(@Nullable Metadata headers, String name, String value) {
    if (headers != null) {
      Metadata.Key<String> key = key(name);
      // The headers may have it: set by a stub, or copied from an incoming call.
      headers.discardAll(key);
      headers.put(key, value);
    }
  }

  private Metadata.Key<String> key(String name) {
    Metadata.Key<String> known = keys.get(name);
    if (known == null) {
      known = newKey(name);
      if (keys.size() < MOST) {
        keys.put(name, known);
      }
    }
    return known;
  }

  @SuppressWarnings(
      "ForLoopReplaceableByForEach") // runs for each call; an iterator would be garbage
  private static boolean containsOneOf(List<Metadata.Key<String>> fields, Metadata headers) {
    for (int i = 0; i < fields.size(); i++) {
      if (headers.containsKey(fields.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static List<Metadata.Key<String>> keysOf(Stream<String> fields) {
    return fields.map(HeaderPropagation::newKey).toList();
  }

  private static Metadata.Key<String> newKey(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
