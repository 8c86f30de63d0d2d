package dev.platform.mall;

import static dev.platform.mall.Shopper.PRODUCTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.dev.tracing.ReceivedSpan;
import dev.platform.dev.tracing.SpanReceiver;
import dev.platform.dev.tracing.SpanTree;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A trace collector freezes with open connections and recovers, while all traces are recorded and a
 * few customers place orders as fast as they can.
 */
@Tag("nightly")
class FrozenCollectorIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int PER_SECOND = 500;
  private static final int CUSTOMERS = 4;
  private static final int WARM_UP = 400;
  private static final int SOME = 600;

  /** Spans per batch; a batch waits ten seconds for an answer. */
  private static final int BATCH = 512;

  /** OpenTelemetry's exporter logs five times a minute, then once a minute. */
  private static final int MAX_LINES = 10;

  /** A queue of 2048 spans and a batch of 512 in flight, with room for other changes. */
  private static final long MAX_HEAP = 24 * 1024 * 1024;

  /** Latency noise of a busy machine; waiting for an export takes ten seconds. */
  private static final Duration NOISE = Duration.ofMillis(500);

  /** Kubernetes' default grace period. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private SpanReceiver receiver;
  private EtcdLink link;
  private Mall mall;

  @BeforeEach
  void open() throws Exception {
    receiver = SpanReceiver.start();
    link = EtcdLink.to(URI.create(receiver.endpoint()));
    mall = Mall.withEtcd("frozen-collector");
    for (App app : App.values()) {
      mall.configure(
          app,
          Map.of(
              "MANAGEMENT_OTLP_TRACING_ENDPOINT",
              link.endpoint(),
              "MANAGEMENT_TRACING_SAMPLING_PROBABILITY",
              "1.0"));
    }
    mall.startAll();
    new DatabaseAudit(mall).stock(PRODUCTS, 1_000_000);
  }

  @AfterEach
  void close() {
    link.close();
    mall.close();
    receiver.close();
  }

  @Test
  void costsNoOrderAndFewResourcesAndGetsSpansAgainAfterwards() throws Exception {
    AppProcess order = mall.only(App.ORDER);
    try (Shopper shopper = mall.shopper();
        SteadyLoad load = SteadyLoad.start(PER_SECOND, CUSTOMERS, shopper::order)) {
      load.awaitTotal(WARM_UP, LIMIT);
      long warmAt = System.nanoTime();
      load.awaitMore(SOME, LIMIT);
      long frozenAt = System.nanoTime();
      LoadReport before = load.soFar().sentSince(warmAt);
      ResourceUsage healthy = ResourceUsage.of(order);
      int lines = exportLines(order);

      link.cut();
      long cutAt = System.nanoTime();
      load.awaitMore(SOME, LIMIT);
      await("spans are dropped, and some batches have failed")
          .atMost(LIMIT)
          .until(() -> spans(order, "dropped") > 0 && spans(order, "failed") > 2 * BATCH);
      long seenAt = System.nanoTime();
      LoadReport frozen = load.soFar().sentSince(cutAt);
      ResourceUsage suffering = ResourceUsage.of(order);
      int moreLines = exportLines(order) - lines;

      link.heal();
      Instant healedAt = Instant.now();
      awaitTraceSince(healedAt);
      double back = (Instant.now().toEpochMilli() - healedAt.toEpochMilli()) / 1e3;
      LoadReport all = load.stop();

      double rateBefore = perSecond(before, frozenAt - warmAt);
      double rateFrozen = perSecond(frozen, seenAt - cutAt);
      Report.line("with a collector: %.1f orders/s, %s", rateBefore, before);
      Report.line(
          "frozen for %.0f s: %.1f orders/s, %s", (seenAt - cutAt) / 1e9, rateFrozen, frozen);
      Report.line(
          "%d log lines about exports; before: %s; frozen: %s", moreLines, healthy, suffering);
      for (App app : App.values()) {
        AppProcess process = mall.only(app);
        Report.line(
            "%s: %.0f spans exported, %.0f dropped, %.0f failed",
            app.id(),
            spans(process, "exported"),
            spans(process, "dropped"),
            spans(process, "failed"));
      }
      Report.line("complete traces again %.1f s after the collector's recovery", back);
      assertThat(all.failures()).as(all.toString()).isEmpty();
      assertThat(rateFrozen).isGreaterThan(rateBefore / 2);
      assertThat(frozen.percentile(0.5))
          .isLessThan(before.percentile(0.5).multipliedBy(2).plus(NOISE));
      assertThat(moreLines).isBetween(1, MAX_LINES);
      assertThat(suffering.heapBytes() - healthy.heapBytes()).isLessThan(MAX_HEAP);
    }
  }

  @Test
  void bufferedSpansAreExportedAtShutdown() throws Exception {
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
    }
    String last = TracedOrder.place(mall.only(App.ORDER));
    terminateAll();

    SpanTree tree = new SpanTree(receiver.trace(last));
    assertThat(tree.paths()).containsAll(TracedOrder.WATERFALL);
    assertThat(tree.orphans()).isEmpty();
  }

  @Test
  void doesNotDelayShutdown() throws Exception {
    try (Shopper shopper = mall.shopper()) {
      shopper.warmUp(20);
      link.cut();
      shopper.warmUp(200);
    }
    terminateAll();
  }

  private void terminateAll() {
    for (App app : App.values()) {
      long toldAt = System.nanoTime();
      mall.only(app).terminate();
      Duration took = Duration.ofNanos(System.nanoTime() - toldAt);
      Report.line("%s ends within %.1f s", app.id(), took.toMillis() / 1e3);
      assertThat(took).isLessThan(GRACE);
    }
  }

  private void awaitTraceSince(Instant moment) {
    await("a complete trace since " + moment)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                receiver.traces().stream()
                    .filter(trace -> trace.stream().allMatch(span -> isSince(moment, span)))
                    .map(SpanTree::new)
                    .anyMatch(FrozenCollectorIT::isComplete));
  }

  private static boolean isSince(Instant moment, ReceivedSpan span) {
    return span.startedAt() > TimeUnit.MILLISECONDS.toNanos(moment.toEpochMilli());
  }

  /** The spans of an order over gRPC, up to the bank. */
  private static boolean isComplete(SpanTree tree) {
    return tree.orphans().isEmpty()
        && tree.roots().size() == 1
        && tree.named("bank.v1.BankGateway/Charge").size() == 2
        && tree.named("inventory.v1.InventoryService/Reserve").size() == 2;
  }

  private static double perSecond(LoadReport report, long nanos) {
    return report.calls() * 1e9 / nanos;
  }

  private static double spans(AppProcess app, String result) {
    return new Meters(app).value("platform.tracing.spans", "result:" + result);
  }

  /** Stack frames count as well. */
  private static int exportLines(AppProcess app) {
    return (int)
        app.log()
            .text()
            .lines()
            .map(line -> line.toLowerCase(Locale.ROOT))
            .filter(line -> line.contains("opentelemetry") || line.contains("export"))
            .count();
  }
}
