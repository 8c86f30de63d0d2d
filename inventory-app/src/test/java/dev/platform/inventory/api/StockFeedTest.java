package dev.platform.inventory.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.inventory.domain.StockLevel;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StockFeedTest {

  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong available = new AtomicLong();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile boolean databaseAway;
  private final StockFeed feed =
      new StockFeed(
          products -> {
            reads.incrementAndGet();
            if (databaseAway) {
              throw new IllegalStateException("the database is away");
            }
            return products.stream()
                .map(product -> new StockLevel(product, available.getAndIncrement(), 0, 0))
                .toList();
          },
          executor,
          Duration.ofMillis(5));
  private final Reader reader = new Reader();
  private final StockWatcher watcher = new StockWatcher(feed, reader);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void keepsOnlyTheNewestLevelForASlowReader() {
    watch();
    awaitReads(50);
    assertThat(reader.levels).isEmpty();

    reader.ready = true;
    reader.onReady.run();

    await().atMost(Duration.ofSeconds(5)).until(() -> !reader.levels.isEmpty());
    assertThat(reader.levels.get(0)).isGreaterThanOrEqualTo(49);
  }

  @Test
  void keepsWatchersWhileTheDatabaseIsDown() {
    reader.ready = true;
    databaseAway = true;
    watch();
    awaitReads(10);
    assertThat(reader.levels).isEmpty();

    databaseAway = false;

    await().atMost(Duration.ofSeconds(5)).until(() -> reader.levels.size() > 3);
  }

  @Test
  void readsNothingWithoutWatchers() {
    reader.ready = true;
    watch();
    awaitReads(5);

    reader.onCancel.run();
    // Wait for reads from before the cancellation.
    executor.execute(() -> {});
    int before = reads.get();
    AtomicInteger ticks = new AtomicInteger();
    executor.scheduleWithFixedDelay(ticks::incrementAndGet, 5, 5, TimeUnit.MILLISECONDS);
    await().atMost(Duration.ofSeconds(5)).until(() -> ticks.get() > 20);

    assertThat(reads.get()).isLessThanOrEqualTo(before + 1);
  }

  private void watch() {
    feed.start();
    watcher.start();
    watcher.onNext(WatchStockRequest.newBuilder().addSubscribe("p-1").build());
  }

  private void awaitReads(int count) {
    await().atMost(Duration.ofSeconds(5)).until(() -> reads.get() >= count);
  }

  /** A client with adjustable readiness. */
  private static final class Reader extends ServerCallStreamObserver<WatchStockResponse> {

    final List<Long> levels = new CopyOnWriteArrayList<>();
    volatile boolean ready;
    volatile Runnable onReady = () -> {};
    volatile Runnable onCancel = () -> {};
    volatile Status end = Status.OK;

    @Override
    public void onNext(WatchStockResponse response) {
      levels.add(response.getLevel().getAvailable());
    }

    @Override
    public void onError(Throwable failure) {
      end = Status.fromThrowable(failure);
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
