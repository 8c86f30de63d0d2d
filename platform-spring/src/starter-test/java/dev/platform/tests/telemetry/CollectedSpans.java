package dev.platform.tests.telemetry;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All ended spans of an app. */
public final class CollectedSpans implements SpanProcessor {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final List<SpanData> spans = new CopyOnWriteArrayList<>();

  /** Waits for the only span of a kind. */
  public SpanData single(SpanKind kind) {
    return await(kind + " in " + spans)
        .atMost(TIMEOUT)
        .until(() -> of(kind), found -> found.size() == 1)
        .get(0);
  }

  /** Waits for {@code count} spans, by start. */
  public List<SpanData> all(SpanKind kind, int count) {
    return await(count + " " + kind)
        .atMost(TIMEOUT)
        .until(() -> of(kind), found -> found.size() == count);
  }

  private List<SpanData> of(SpanKind kind) {
    return spans.stream()
        .filter(span -> span.getKind() == kind)
        .sorted(java.util.Comparator.comparing(SpanData::getStartEpochNanos))
        .toList();
  }

  public void clear() {
    spans.clear();
  }

  @Override
  public void onEnd(ReadableSpan span) {
    spans.add(span.toSpanData());
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }
}
