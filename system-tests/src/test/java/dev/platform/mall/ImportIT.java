package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A delivery of a million lines, on a heap that is too small for them. */
@Tag("nightly")
class ImportIT {

  private static final int LINES = 1_000_000;
  private static final int WARM_UP = 20_000;

  /** One line in this many has an unknown product, and the next line has no pieces. */
  private static final int BAD = 1000;

  private static final int PRODUCTS = 21;

  /** The million lines alone are larger, even in wire format. */
  private static final List<String> TIGHT =
      List.of("-XX:+UseSerialGC", "-Xmx64m", "-XX:+ExitOnOutOfMemoryError");

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final long MORE_HEAP = 4L * 1024 * 1024;

  @Test
  @EnabledOnOs(OS.LINUX)
  void importsAMillionLinesInBoundedMemoryAndReportsTheBadOnes() throws Exception {
    try (Mall mall = Mall.withEtcd("import");
        Channels channels = new Channels()) {
      AppProcess inventory = mall.start(App.INVENTORY, TIGHT, Map.of());
      inventory.awaitReady();
      new Delivery("d-1", WARM_UP).send(channels, inventory);
      ResourceUsage before = ResourceUsage.of(inventory);
      long pieces = pieces(mall);

      Delivery delivery = new Delivery("d-2", LINES);
      long start = System.nanoTime();
      ImportStockResponse done = delivery.send(channels, inventory);
      double seconds = (System.nanoTime() - start) / 1e9;

      ResourceUsage after = ResourceUsage.of(inventory);
      Report.line(
          "imported %d lines in %.1f s on a heap of 64 MB; before: %s; after: %s",
          done.getLinesRead(), seconds, before, after);
      int bad = 2 * LINES / BAD;
      assertThat(done.getLinesRead()).isEqualTo(LINES);
      assertThat(done.getLinesRejected()).isEqualTo(bad);
      assertThat(done.getLinesImported()).isEqualTo(LINES - bad);
      assertThat(done.getPiecesImported()).isEqualTo(2L * (LINES - bad));
      assertThat(pieces(mall) - pieces).isEqualTo(done.getPiecesImported());
      assertThat(done.getErrorsList()).hasSize(100);
      assertThat(done.getErrors(0).getLine()).isEqualTo(BAD - 1);
      assertThat(done.getErrors(0).getMessage()).isEqualTo("unknown product: x-" + (BAD - 1));
      assertThat(done.getErrors(1).getLine()).isEqualTo(BAD);
      assertThat(done.getErrors(1).getMessage()).isEqualTo("quantity must be at least 1: 0");
      assertThat(done.getErrors(99).getLine()).isEqualTo(50 * BAD);
      assertThat(after.heapBytes()).isLessThan(before.heapBytes() + MORE_HEAP);
      assertThat(after.openCalls()).isZero();

      ImportStockResponse again = new Delivery("d-1", WARM_UP).send(channels, inventory);
      assertThat(again.getLinesRepeated()).isEqualTo(WARM_UP);
      assertThat(pieces(mall) - pieces).isEqualTo(done.getPiecesImported());
    }
  }

  private static long pieces(Mall mall) throws SQLException {
    try (Connection connection = mall.database(App.INVENTORY);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select sum(available) from stock")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Sends lines only while the server is ready for more. */
  private static final class Delivery
      implements ClientResponseObserver<ImportStockRequest, ImportStockResponse> {

    private final String id;
    private final int lines;
    private final CompletableFuture<ImportStockResponse> summary = new CompletableFuture<>();

    // confined to the call's own serialised callbacks
    private int sent;

    Delivery(String id, int lines) {
      this.id = id;
      this.lines = lines;
    }

    ImportStockResponse send(Channels channels, AppProcess inventory) throws Exception {
      InventoryServiceGrpc.newStub(channels.to(inventory.address())).importStock(this);
      return summary.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ImportStockRequest> call) {
      call.setOnReadyHandler(
          () -> {
            while (call.isReady() && sent < lines) {
              sent++;
              call.onNext(line(sent));
              if (sent == lines) {
                call.onCompleted();
              }
            }
          });
    }

    private ImportStockRequest line(int number) {
      boolean unknown = number % BAD == BAD - 1;
      return ImportStockRequest.newBuilder()
          .setDeliveryId(id)
          .setProductId(unknown ? "x-" + number : "p-" + (1 + number % PRODUCTS))
          .setQuantity(number % BAD == 0 ? 0 : 2)
          .build();
    }

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
  }
}
