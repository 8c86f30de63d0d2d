package dev.platform.inventory.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.inventory.InventoryTest;
import dev.platform.inventory.domain.ImportStock;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StockImportTest extends InventoryTest {

  private final CompletableFuture<ImportStockResponse> summary = new CompletableFuture<>();

  @Test
  void addsGoodLinesAndReportsBadOnesByNumber() throws Exception {
    String mug = product(1);
    String lamp = product(2);
    StreamObserver<ImportStockRequest> lines = startImport();

    lines.onNext(line(mug, 10));
    lines.onNext(line("no-such", 5));
    lines.onNext(line(lamp, 0));
    lines.onNext(line("", 5));
    lines.onNext(line(mug, 7));
    lines.onCompleted();

    ImportStockResponse done = summary.get(10, SECONDS);
    assertThat(done.getLinesRead()).isEqualTo(5);
    assertThat(done.getLinesImported()).isEqualTo(2);
    assertThat(done.getPiecesImported()).isEqualTo(17);
    assertThat(done.getLinesRejected()).isEqualTo(3);
    assertThat(done.getErrorsList())
        .extracting(error -> error.getLine() + ": " + error.getMessage())
        .containsExactly(
            "2: unknown product: no-such",
            "3: quantity must be at least 1: 0",
            "4: product_id is required");
    assertThat(level(mug)).isEqualTo(level(mug, 18, 0, 0));
    assertThat(level(lamp)).isEqualTo(level(lamp, 2, 0, 0));
  }

  @Test
  void takesManyBatchesAndTellsOnlyTheFirstBadLines() throws Exception {
    String mug = product(0);
    StreamObserver<ImportStockRequest> lines = startImport();

    for (int i = 1; i <= 20_000; i++) {
      lines.onNext(i % 10 == 0 ? line(mug, -1) : line(mug, 2));
    }
    lines.onCompleted();

    ImportStockResponse done = summary.get(30, SECONDS);
    assertThat(done.getLinesRead()).isEqualTo(20_000);
    assertThat(done.getLinesImported()).isEqualTo(18_000);
    assertThat(done.getPiecesImported()).isEqualTo(36_000);
    assertThat(done.getLinesRejected()).isEqualTo(2_000);
    assertThat(done.getErrorsCount()).isEqualTo(ImportStock.MAX_ERRORS);
    assertThat(level(mug).getAvailable()).isEqualTo(36_000);
  }

  @Test
  void answersAnEmptyImport() throws Exception {
    startImport().onCompleted();

    assertThat(summary.get(10, SECONDS)).isEqualTo(ImportStockResponse.getDefaultInstance());
  }

  @Test
  void keepsWholeBatchesOfAnImportThatBreaksOff() {
    String mug = product(0);
    var lines = (ClientCallStreamObserver<ImportStockRequest>) startImport();
    for (int i = 0; i < ImportStock.BATCH + 3; i++) {
      lines.onNext(line(mug, 1));
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> level(mug).getAvailable() == ImportStock.BATCH);

    lines.cancel("the delivery stopped", null);

    await().atMost(Duration.ofSeconds(10)).until(summary::isCompletedExceptionally);
    assertThat(level(mug).getAvailable()).isEqualTo(ImportStock.BATCH);
  }

  private StreamObserver<ImportStockRequest> startImport() {
    return InventoryServiceGrpc.newStub(channel)
        .importStock(
            new StreamObserver<>() {
              @Override
              public void onNext(ImportStockResponse response) {
                summary.complete(response);
              }

              @Override
              public void onError(Throwable failure) {
                summary.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {}
            });
  }

  private static ImportStockRequest line(String productId, int quantity) {
    return ImportStockRequest.newBuilder().setProductId(productId).setQuantity(quantity).build();
  }
}
