package dev.platform.inventory.warmup;

import dev.platform.contracts.inventory.v1.CheckStockRequest;
import dev.platform.contracts.inventory.v1.ConfirmRequest;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.inventory.v1.ReservationLine;
import dev.platform.contracts.inventory.v1.ReserveRequest;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpRun;
import dev.platform.jdbc.RolledBackCalls;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ServerInterceptors;
import io.grpc.stub.AbstractStub;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Makes an order's calls of this app's own services, on a product of its own; each call's
 * transaction is rolled back.
 */
final class InventoryWarmUp implements WarmUp {

  private static final int ORDERS = 300;
  private static final long PATIENCE_SECONDS = 5;

  private final Collection<BindableService> services;
  private final WarmUpRows rows;
  private final RolledBackCalls rolledBack;

  /**
   * @param rows what each of the transactions inserts first
   */
  InventoryWarmUp(
      Collection<BindableService> services, WarmUpRows rows, RolledBackCalls rolledBack) {
    this.services = services;
    this.rows = rows;
    this.rolledBack = rolledBack;
  }

  @Override
  public void run(WarmUpRun run) throws Exception {
    Channel channel =
        run.serve(services.stream().map(this::rolledBack).toArray(BindableService[]::new));
    ProductServiceBlockingStub products = ProductServiceGrpc.newBlockingStub(channel);
    InventoryServiceBlockingStub inventory = InventoryServiceGrpc.newBlockingStub(channel);
    RecommendationServiceBlockingStub recommendations =
        RecommendationServiceGrpc.newBlockingStub(channel);
    run.repeat(
        ORDERS,
        () -> {
          soon(products).getProduct(product());
          soon(products).getProduct(product());
          soon(inventory).checkStock(stock());
          soon(inventory).reserve(reservation());
          soon(inventory).confirm(confirmation());
          soon(recommendations).getRecommendations(user());
        });
  }

  private BindableService rolledBack(BindableService service) {
    return () -> ServerInterceptors.intercept(service, rolledBack);
  }

  private static <S extends AbstractStub<S>> S soon(S stub) {
    return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private GetProductRequest product() {
    return GetProductRequest.newBuilder().setProductId(rows.id()).build();
  }

  private CheckStockRequest stock() {
    return CheckStockRequest.newBuilder().addProductIds(rows.id()).build();
  }

  private ReserveRequest reservation() {
    return ReserveRequest.newBuilder()
        .setReservationId("warm-up-" + UUID.randomUUID())
        .addLines(ReservationLine.newBuilder().setProductId(rows.id()).setQuantity(1))
        .build();
  }

  private ConfirmRequest confirmation() {
    return ConfirmRequest.newBuilder().setReservationId(rows.id()).build();
  }

  private static GetRecommendationsRequest user() {
    return GetRecommendationsRequest.newBuilder().setUserId("warm-up").build();
  }
}
