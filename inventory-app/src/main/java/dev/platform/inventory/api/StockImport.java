package dev.platform.inventory.api;

import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.core.failure.GrpcExceptionMapping;
import dev.platform.inventory.domain.ImportStock;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * One import stream. Requests the next batch of lines only when the previous one is stored, so the
 * client is slowed down to the database's speed. Confined to the call's own serialised callbacks.
 */
final class StockImport implements StreamObserver<ImportStockRequest> {

  private final ImportStock importing;
  private final ServerCallStreamObserver<ImportStockResponse> answer;
  private final GrpcExceptionMapping mapping;
  private int asked = ImportStock.BATCH;

  StockImport(
      ImportStock importing,
      ServerCallStreamObserver<ImportStockResponse> answer,
      GrpcExceptionMapping mapping) {
    this.importing = importing;
    this.answer = answer;
    this.mapping = mapping;
    answer.disableAutoRequest();
    answer.request(asked);
  }

  @Override
  public void onNext(ImportStockRequest line) {
    storing(() -> importing.add(line.getDeliveryId(), line.getProductId(), line.getQuantity()));
    if (--asked == 0) {
      asked = ImportStock.BATCH;
      answer.request(asked);
    }
  }

  /** The caller has cancelled: stored lines stay, later ones are dropped. */
  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {
    storing(() -> answer.onNext(StockMessages.summary(importing.finish())));
    answer.onCompleted();
  }

  private void storing(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      throw mapping
          .toStatus(e)
          .getStatus()
          .augmentDescription("the import stopped: " + importing.describeKeptLines())
          .asRuntimeException();
    }
  }
}
