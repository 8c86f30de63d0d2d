package dev.platform.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Counters of spans that a collector delays, rejects or loses. */
class SpanCountsTest {

  private static final int QUEUE = 100;
  private static final int BATCH = 10;

  private final Collector collector = new Collector();

  @Test
  void acceptedSpansAreCountedAsExported() {
    try (ConfigurableApplicationContext app = start()) {
      spans(app, BATCH);
      await().atMost(Duration.ofSeconds(20)).until(() -> !collector.asked.isEmpty());
      collector.answer(true);

      await().atMost(Duration.ofSeconds(20)).until(() -> count(app, "exported") == BATCH);
      assertThat(count(app, "dropped")).isZero();
      assertThat(count(app, "failed")).isZero();
    }
  }

  @Test
  void spansThatOverflowTheQueueAreDroppedAndCounted() {
    try (ConfigurableApplicationContext app = start()) {
      spans(app, 10 * QUEUE);

      // The queue's capacity is a power of two, and one batch is in flight.
      await().atMost(Duration.ofSeconds(20)).until(() -> count(app, "dropped") >= 8 * QUEUE);
      assertThat(count(app, "exported")).isZero();
      collector.answer(true);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> count(app, "exported") + count(app, "dropped") == 10 * QUEUE);
    }
  }

  @Test
  void rejectedSpansAreCountedAsFailed() {
    try (ConfigurableApplicationContext app = start()) {
      spans(app, BATCH);
      await().atMost(Duration.ofSeconds(20)).until(() -> !collector.asked.isEmpty());
      collector.answer(false);

      await().atMost(Duration.ofSeconds(20)).until(() -> count(app, "failed") == BATCH);
      assertThat(count(app, "exported")).isZero();
    }
  }

  @Test
  void queuedSpansAreExportedAtShutdown() {
    collector.answer(true);
    try (ConfigurableApplicationContext app = start()) {
      spans(app, 3);
    }

    assertThat(collector.received).hasSize(3);
  }

  private static void spans(ConfigurableApplicationContext app, int number) {
    Tracer tracer = app.getBean(Tracer.class);
    for (int i = 0; i < number; i++) {
      tracer.spanBuilder("span-" + i).startSpan().end();
    }
  }

  private static double count(ConfigurableApplicationContext app, String result) {
    return app.getBean(MeterRegistry.class)
        .get("platform.tracing.spans")
        .tag("result", result)
        .functionCounter()
        .count();
  }

  private ConfigurableApplicationContext start() {
    return new SpringApplicationBuilder(App.class)
        .web(WebApplicationType.NONE)
        .properties(
            "platform.registry.enabled=false",
            "platform.discovery.enabled=false",
            "grpc.server.port=-1",
            "management.tracing.sampling.probability=1.0",
            "management.tracing.opentelemetry.export.max-queue-size=" + QUEUE,
            "management.tracing.opentelemetry.export.max-batch-size=" + BATCH,
            "management.tracing.opentelemetry.export.schedule-delay=10ms",
            "management.otlp.tracing.export.enabled=false")
        .initializers(
            context ->
                ((GenericApplicationContext) context)
                    .registerBean(SpanExporter.class, () -> collector))
        .run();
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class App {}

  /** Delays all responses until the test sets the result. */
  private static final class Collector implements SpanExporter {

    private final Queue<CompletableResultCode> asked = new ConcurrentLinkedQueue<>();
    private final Queue<SpanData> received = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Boolean answer;

    /** Completes current and later exports; spans may arrive in several batches. */
    void answer(boolean well) {
      answer = well;
      answerAll(well);
    }

    private void answerAll(boolean well) {
      for (CompletableResultCode next = asked.poll(); next != null; next = asked.poll()) {
        var unused = well ? next.succeed() : next.fail();
      }
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      received.addAll(spans);
      CompletableResultCode result = new CompletableResultCode();
      asked.add(result);
      Boolean told = answer;
      if (told != null) {
        answerAll(told);
      }
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
