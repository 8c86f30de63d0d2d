package dev.platform.inventory.warmup;

import dev.platform.contracts.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.start.WarmUp;
import dev.platform.jdbc.RolledBackCalls;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Wires the app's own services for a warm-up. */
@Configuration(proxyBeanMethods = false)
class WarmUpConfiguration {

  @Bean
  WarmUp inventoryWarmUp(
      InventoryServiceImplBase inventory,
      ProductServiceImplBase products,
      RecommendationServiceImplBase recommendations,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    WarmUpRows rows = new WarmUpRows(jdbc);
    return new InventoryWarmUp(
        List.of(inventory, products, recommendations),
        rows,
        new RolledBackCalls(transactions, rows::insert));
  }
}
