package dev.platform.inventory;

import dev.platform.inventory.domain.Catalogue;
import dev.platform.inventory.domain.CheckStock;
import dev.platform.inventory.domain.ConfirmReservation;
import dev.platform.inventory.domain.Deliveries;
import dev.platform.inventory.domain.ExpireReservations;
import dev.platform.inventory.domain.FindProduct;
import dev.platform.inventory.domain.ImportStock;
import dev.platform.inventory.domain.RecommendProducts;
import dev.platform.inventory.domain.ReleaseReservation;
import dev.platform.inventory.domain.Reservations;
import dev.platform.inventory.domain.ReserveStock;
import dev.platform.inventory.domain.Stock;
import dev.platform.inventory.domain.StockLevels;
import dev.platform.inventory.domain.Transaction;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the domain, which is framework-free. */
@Configuration(proxyBeanMethods = false)
class InventoryConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  FindProduct findProduct(Catalogue catalogue) {
    return new FindProduct(catalogue);
  }

  @Bean
  RecommendProducts recommendProducts(Catalogue catalogue) {
    return new RecommendProducts(catalogue);
  }

  @Bean
  CheckStock checkStock(StockLevels levels) {
    return new CheckStock(levels);
  }

  @Bean
  ReserveStock reserveStock(
      Reservations reservations,
      Stock stock,
      Transaction transaction,
      Clock clock,
      InventoryProperties properties) {
    return new ReserveStock(reservations, stock, transaction, clock, properties.reservationTtl());
  }

  @Bean
  ConfirmReservation confirmReservation(
      Reservations reservations, Stock stock, Transaction transaction) {
    return new ConfirmReservation(reservations, stock, transaction);
  }

  @Bean
  ReleaseReservation releaseReservation(
      Reservations reservations, Stock stock, Transaction transaction, Clock clock) {
    return new ReleaseReservation(reservations, stock, transaction, clock);
  }

  @Bean
  ExpireReservations expireReservations(
      Reservations reservations, Stock stock, Transaction transaction, Clock clock) {
    return new ExpireReservations(reservations, stock, transaction, clock);
  }

  /** An import counts its lines, so each stream gets its own. */
  @Bean
  Supplier<ImportStock> imports(Stock stock, Deliveries deliveries, Transaction transaction) {
    return () -> new ImportStock(stock, deliveries, transaction);
  }
}
