package dev.platform.order.client;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.order.degraded.LastProducts;
import dev.platform.order.domain.Catalogue;
import dev.platform.order.domain.Payments;
import dev.platform.order.domain.Recommendations;
import dev.platform.order.domain.Stock;
import io.grpc.Channel;
import java.time.Duration;

/** Clients of all services that an order needs, for a server that has them all. */
public record MallClients(
    Catalogue catalogue, Stock stock, Payments payments, Recommendations recommendations) {

  /** Over this channel. */
  public static MallClients over(
      Channel mall, LastProducts lastProducts, Duration recommendationTimeout) {
    return new MallClients(
        new CatalogueClient(ProductServiceGrpc.newFutureStub(mall), lastProducts),
        new StockClient(InventoryServiceGrpc.newBlockingStub(mall)),
        new PaymentClient(PaymentServiceGrpc.newBlockingStub(mall)),
        new RecommendationClient(
            RecommendationServiceGrpc.newBlockingStub(mall), recommendationTimeout));
  }
}
