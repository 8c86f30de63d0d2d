package dev.platform.starter.telemetry;

import io.grpc.Metadata;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Carries trace and baggage in a call's headers. Thread-safe. */
final class HeaderPropagation implements TextMapGetter<Metadata>, TextMapSetter<Metadata> {

  private static final int MOST = 100;

  private final TextMapPropagator propagator;
  private final List<Metadata.Key<String>> fields;
  private final Map<String, Metadata.Key<String>> keys = new ConcurrentHashMap<>();

  HeaderPropagation(TextMapPropagator propagator) {
    this.propagator = propagator;
    this.fields = propagator.fields().stream().map(HeaderPropagation::newKey).toList();
  }

  /** What the caller sent; the root context when that is nothing. */
  Context extract(Metadata headers) {
    for (Metadata.Key<String> field : fields) {
      if (headers.containsKey(field)) {
        return propagator.extract(Context.root(), headers, this);
      }
    }
    return Context.root();
  }

  void inject(Context context, Metadata headers) {
    propagator.inject(context, headers, this);
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
      // A stub's own headers, or those of a call that is handed on.
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

  private static Metadata.Key<String> newKey(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
