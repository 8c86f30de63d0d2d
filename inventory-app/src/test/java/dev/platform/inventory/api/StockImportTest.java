package dev.platform.inventory.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.inventory.InventoryTest;
import dev.platform.inventory.domain.ImportStock;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  void acceptsManyBatchesAndReportsOnlyTheFirstBadLines() throws Exception {
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
  void keepsCompleteBatchesOfAnInterruptedImport() {
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

  @Test
  void countsARepeatedDeliveryOnce() throws Exception {
    String mug = product(0);
    String id = "d-" + mug;

    ImportStockResponse first = deliver(id, mug, 1200);
    ImportStockResponse second = deliver(id, mug, 1200);

    assertThat(first.getLinesImported()).isEqualTo(1200);
    assertThat(first.getLinesRepeated()).isZero();
    assertThat(second.getLinesRead()).isEqualTo(1200);
    assertThat(second.getLinesRepeated()).isEqualTo(1200);
    assertThat(second.getLinesImported()).isZero();
    assertThat(second.getPiecesImported()).isZero();
    assertThat(level(mug).getAvailable()).isEqualTo(1200);
  }

  @Test
  void importsTheRestOfAnInterruptedDelivery() throws Exception {
    String mug = product(0);
    String id = "d-" + mug;
    var lines = (ClientCallStreamObserver<ImportStockRequest>) startImport();
    for (int i = 0; i < 2 * ImportStock.BATCH + 200; i++) {
      lines.onNext(line(id, mug, 1));
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> level(mug).getAvailable() == 2 * ImportStock.BATCH);
    lines.cancel("the answer is lost", null);

    ImportStockResponse again = deliver(id, mug, 1300);

    assertThat(again.getLinesRepeated()).isEqualTo(2 * ImportStock.BATCH);
    assertThat(again.getLinesImported()).isEqualTo(300);
    assertThat(level(mug).getAvailable()).isEqualTo(1300);
  }

  @Test
  void countsADeliverySentTwiceConcurrentlyOnce() throws Exception {
    String mug = product(0);
    List<CompletableFuture<ImportStockResponse>> summaries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CompletableFuture<ImportStockResponse> each = new CompletableFuture<>();
      summaries.add(each);
      send(startImport(each), "d-" + mug, mug, 2100);
    }

    long imported = 0;
    for (CompletableFuture<ImportStockResponse> each : summaries) {
      ImportStockResponse done = each.get(30, SECONDS);
      assertThat(done.getLinesImported() + done.getLinesRepeated()).isEqualTo(2100);
      imported += done.getLinesImported();
    }
    assertThat(imported).isEqualTo(2100);
    assertThat(level(mug).getAvailable()).isEqualTo(2100);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 500, 600, 700, 800, 1300})
  void refusesADifferentDeliveryUnderTheSameId(int lines) throws Exception {
    String mug = product(0);
    String lamp = product(0);
    String id = "d-" + mug;
    deliver(id, mug, 700);

    send(startImport(), id, lamp, lines);

    assertThat(failure())
        .isEqualTo(
            "ALREADY_EXISTS: delivery "
                + id
                + " is known already, with other lines\n"
                + "the import stopped: nothing of it is kept");
    assertThat(level(lamp).getAvailable()).isZero();
  }

  @Test
  void refusesLinesOfTwoDeliveriesInOneStream() {
    StreamObserver<ImportStockRequest> lines = startImport();
    lines.onNext(line("d-1", "p-1", 1));
    lines.onNext(line("", "p-1", 1));
    lines.onNext(line("d-2", "p-1", 1));

    assertThat(failure())
        .isEqualTo(
            "INVALID_ARGUMENT: delivery_id of line 3 must be the first line's, or left out: d-1\n"
                + "the import stopped: lines up to 0 are kept;"
                + " send the delivery again from its first line");
  }

  @Test
  void refusesADeliveryIdThatComesTooLate() {
    StreamObserver<ImportStockRequest> lines = startImport();
    lines.onNext(line("", "p-1", 1));
    lines.onNext(line("d-2", "p-1", 1));

    assertThat(failure())
        .isEqualTo(
            "INVALID_ARGUMENT: delivery_id of line 2 must be left out, as in the first line\n"
                + "the import stopped: lines up to 0 are kept");
  }

  @ParameterizedTest
  @MethodSource("invalidIds")
  void refusesAnInvalidDeliveryId(String id, String problem) {
    startImport().onNext(line(id, "p-1", 1));

    assertThat(failure())
        .isEqualTo(
            "INVALID_ARGUMENT: delivery_id must "
                + problem
                + "\nthe import stopped: lines up to 0 are kept");
  }

  static Stream<Arguments> invalidIds() {
    return Stream.of(
        Arguments.of("x".repeat(129), "have at most 128 characters: 129"),
        Arguments.of(" ", "not be blank"),
        Arguments.of("d\u00001", "not contain control characters"));
  }

  private ImportStockResponse deliver(String delivery, String productId, int count)
      throws Exception {
    CompletableFuture<ImportStockResponse> done = new CompletableFuture<>();
    send(startImport(done), delivery, productId, count);
    return done.get(30, SECONDS);
  }

  private static void send(
      StreamObserver<ImportStockRequest> lines, String delivery, String productId, int count) {
    for (int i = 0; i < count; i++) {
      lines.onNext(line(delivery, productId, 1));
    }
    lines.onCompleted();
  }

  private String failure() {
    await().atMost(Duration.ofSeconds(10)).until(summary::isCompletedExceptionally);
    Status status = Status.fromThrowable(summary.handle((done, failure) -> failure).join());
    return status.getCode() + ": " + status.getDescription();
  }

  private StreamObserver<ImportStockRequest> startImport() {
    return startImport(summary);
  }

  private StreamObserver<ImportStockRequest> startImport(
      CompletableFuture<ImportStockResponse> summary) {
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
    return line("", productId, quantity);
  }

  private static ImportStockRequest line(String delivery, String productId, int quantity) {
    return ImportStockRequest.newBuilder()
        .setDeliveryId(delivery)
        .setProductId(productId)
        .setQuantity(quantity)
        .build();
  }
}
