package dev.platform.order.client;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.platform.contracts.notification.v1.NotificationServiceGrpc.NotificationServiceBlockingStub;
import dev.platform.contracts.payment.v1.PaymentServiceGrpc.PaymentServiceBlockingStub;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceFutureStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.order.OrderProperties;
import dev.platform.order.degraded.LastProducts;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Clients of the services that orders need. Fields, because net.devh resolves {@code @GrpcClient}
 * on constructors while bean post-processors are still being made: channels, and the meter and
 * observation registries with them, would be created too early to be configured.
 */
@Configuration(proxyBeanMethods = false)
@SuppressWarnings("NullAway.Init")
class ClientConfiguration {

  @GrpcClient(CatalogueClient.SERVICE)
  private ProductServiceFutureStub products;

  @GrpcClient(StockClient.SERVICE)
  private InventoryServiceBlockingStub inventory;

  @GrpcClient(PaymentClient.SERVICE)
  private PaymentServiceBlockingStub payments;

  @GrpcClient(RecommendationClient.SERVICE)
  private RecommendationServiceBlockingStub recommendations;

  @GrpcClient(NotifierClient.SERVICE)
  private NotificationServiceBlockingStub notifications;

  @Bean
  CatalogueClient catalogueClient(LastProducts lastProducts) {
    return new CatalogueClient(products, lastProducts);
  }

  @Bean
  StockClient stockClient() {
    return new StockClient(inventory);
  }

  @Bean
  PaymentClient paymentClient() {
    return new PaymentClient(payments);
  }

  @Bean
  RecommendationClient recommendationClient(OrderProperties properties) {
    return new RecommendationClient(recommendations, properties.recommendationTimeout());
  }

  @Bean
  NotifierClient notifierClient() {
    return new NotifierClient(notifications);
  }
}
