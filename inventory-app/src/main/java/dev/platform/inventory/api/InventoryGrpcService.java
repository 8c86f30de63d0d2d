package dev.platform.inventory.api;

import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.CheckStockResponse;
import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.ConfirmResponse;
import dev.platform.contracts.inventory.v1.ImportStockRequest;
import dev.platform.contracts.inventory.v1.ImportStockResponse;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.inventory.v1.ReleaseRequest;
import dev.platform.contracts.inventory.v1.ReleaseResponse;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.inventory.v1.ReserveResponse;
import dev.platform.contracts.inventory.v1.WatchStockRequest;
import dev.platform.contracts.inventory.v1.WatchStockResponse;
import dev.platform.core.failure.GrpcExceptionMapping;
import dev.platform.inventory.domain.CheckStock;
import dev.platform.inventory.domain.ConfirmReservation;
import dev.platform.inventory.domain.ImportStock;
import dev.platform.inventory.domain.ReleaseReservation;
import dev.platform.inventory.domain.Reservation;
import dev.platform.inventory.domain.ReserveStock;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import net.devh.boot.grpc.server.service.GrpcService;

@GrpcService
class InventoryGrpcService extends InventoryServiceImplBase {

  private final CheckStock checkStock;
  private final ReserveStock reserveStock;
  private final ConfirmReservation confirmReservation;
  private final ReleaseReservation releaseReservation;
  private final Supplier<ImportStock> imports;
  private final StockFeed feed;
  private final GrpcExceptionMapping mapping;

  InventoryGrpcService(
      CheckStock checkStock,
      ReserveStock reserveStock,
      ConfirmReservation confirmReservation,
      ReleaseReservation releaseReservation,
      Supplier<ImportStock> imports,
      StockFeed feed,
      GrpcExceptionMapping mapping) {
    this.checkStock = checkStock;
    this.reserveStock = reserveStock;
    this.confirmReservation = confirmReservation;
    this.releaseReservation = releaseReservation;
    this.imports = imports;
    this.feed = feed;
    this.mapping = mapping;
  }

  @Override
  public void checkStock(CheckStockRequest request, StreamObserver<CheckStockResponse> answer) {
    CheckStockResponse.Builder levels = CheckStockResponse.newBuilder();
    checkStock.of(request.getProductIdsList()).stream()
        .map(StockMessages::level)
        .forEach(levels::addLevels);
    answer.onNext(levels.build());
    answer.onCompleted();
  }

  @Override
  public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    Reservation reservation =
        reserveStock.reserve(request.getReservationId(), StockMessages.lines(request));
    answer.onNext(
        ReserveResponse.newBuilder()
            .setExpiresAt(reservation.expiresAt().getEpochSecond())
            .build());
    answer.onCompleted();
  }

  @Override
  public void confirm(ConfirmRequest request, StreamObserver<ConfirmResponse> answer) {
    confirmReservation.confirm(request.getReservationId());
    answer.onNext(ConfirmResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
    releaseReservation.release(request.getReservationId());
    answer.onNext(ReleaseResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public StreamObserver<ImportStockRequest> importStock(
      StreamObserver<ImportStockResponse> answer) {
    return new StockImport(
        imports.get(), (ServerCallStreamObserver<ImportStockResponse>) answer, mapping);
  }

  @Override
  public StreamObserver<WatchStockRequest> watchStock(StreamObserver<WatchStockResponse> answer) {
    StockWatcher watcher =
        new StockWatcher(feed, (ServerCallStreamObserver<WatchStockResponse>) answer);
    watcher.start();
    return watcher;
  }
}
