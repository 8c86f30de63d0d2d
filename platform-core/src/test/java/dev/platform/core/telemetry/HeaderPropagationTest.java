package dev.platform.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderPropagationTest {

  private static final String TRACE = "00-11111111111111111111111111111111-2222222222222222-01";

  private static final SpanContext CALL =
      SpanContext.create(
          "1".repeat(32), "2".repeat(16), TraceFlags.getSampled(), TraceState.getDefault());

  private final CountingPropagator all =
      new CountingPropagator(
          TextMapPropagator.composite(
              W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance()));
  private final Metadata headers = new Metadata();

  @Test
  void aCallWithoutBaggageIsWrittenByTheTraceFormatAlone() {
    HeaderPropagation propagation = HeaderPropagation.ofW3cTraces(all);
    all.injections = 0;

    propagation.inject(Context.root().with(Span.wrap(CALL)), headers);

    assertThat(header("traceparent")).isEqualTo(TRACE);
    assertThat(all.injections).isZero();
  }

  @Test
  void baggageOfTheCallIsWritten() {
    Context inside =
        Context.root().with(Span.wrap(CALL)).with(Baggage.builder().put("tenant", "blue").build());

    HeaderPropagation.ofW3cTraces(all).inject(inside, headers);

    assertThat(header("traceparent")).isEqualTo(TRACE);
    assertThat(header("baggage")).isEqualTo("tenant=blue");
  }

  @Test
  void aPropagatorThatLooksAtTheCurrentContextIsAskedIfThatHasBaggage() {
    HeaderPropagation propagation = HeaderPropagation.ofW3cTraces(all);
    all.injections = 0;

    try (Scope ignored =
        Context.root().with(Baggage.builder().put("tenant", "blue").build()).makeCurrent()) {
      propagation.inject(Context.root().with(Span.wrap(CALL)), headers);
    }

    assertThat(all.injections).isOne();
  }

  @Test
  void aPropagatorIsAskedAboutSpansOfABridgeThatMayCarryBaggage() {
    HeaderPropagation propagation = HeaderPropagation.ofW3cTraces(all);
    all.injections = 0;

    propagation.inject(Context.root().with(bridged(Span.wrap(CALL))), headers);

    assertThat(header("traceparent")).isEqualTo(TRACE);
    assertThat(all.injections).isOne();
  }

  @Test
  void aPropagatorThatWritesMoreThanTheTraceFormatIsAlwaysAsked() {
    CountingPropagator more =
        new CountingPropagator(TextMapPropagator.composite(all, new FixedField()));
    HeaderPropagation propagation = HeaderPropagation.ofW3cTraces(more);

    propagation.inject(Context.root().with(Span.wrap(CALL)), headers);

    assertThat(header("traceparent")).isEqualTo(TRACE);
    assertThat(header("fixed")).isEqualTo("always");
  }

  private String header(String name) {
    return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  /** The same span, of a class that is not OpenTelemetry's. */
  private static Span bridged(Span span) {
    return (Span)
        Proxy.newProxyInstance(
            Span.class.getClassLoader(),
            new Class<?>[] {Span.class},
            (proxy, method, arguments) ->
                method.getName().equals("storeInContext")
                    ? InvocationHandler.invokeDefault(proxy, method, arguments)
                    : method.invoke(span, arguments));
  }

  /** Counts how often it was asked to write. */
  private static final class CountingPropagator implements TextMapPropagator {

    private final TextMapPropagator delegate;
    private int injections;

    CountingPropagator(TextMapPropagator delegate) {
      this.delegate = delegate;
    }

    @Override
    public Collection<String> fields() {
      return delegate.fields();
    }

    @Override
    public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
      injections++;
      delegate.inject(context, carrier, setter);
    }

    @Override
    public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
      return delegate.extract(context, carrier, getter);
    }
  }

  /** Writes one header, whatever the context. */
  private static final class FixedField implements TextMapPropagator {

    @Override
    public Collection<String> fields() {
      return List.of("fixed");
    }

    @Override
    public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
      setter.set(carrier, "fixed", "always");
    }

    @Override
    public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
      return context;
    }
  }
}
