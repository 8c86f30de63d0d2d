package dev.platform.order.warmup;

import dev.platform.core.start.WarmUp;
import dev.platform.jdbc.RolledBackCalls;
import dev.platform.order.OrderProperties;
import dev.platform.order.api.OrderService;
import dev.platform.order.client.MallClients;
import dev.platform.order.customer.CustomerProperties.Identity;
import dev.platform.order.customer.Ownership;
import dev.platform.order.degraded.DegradedAnswers;
import dev.platform.order.degraded.LastProducts;
import dev.platform.order.domain.BestSellers;
import dev.platform.order.domain.OrderEvent;
import dev.platform.order.domain.OrderRequests;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.PlaceOrder;
import dev.platform.order.domain.PlaceOrderOnce;
import dev.platform.order.domain.SequencedLog;
import dev.platform.order.domain.SettleOrder;
import dev.platform.order.flashsale.FlashSales;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Wires a second order service, which is measured nowhere. */
@Configuration(proxyBeanMethods = false)
class WarmUpConfiguration {

  private final Orders orders;
  private final OrderRequests requests;
  private final BestSellers bestSellers;
  private final SequencedLog<OrderEvent> events;
  private final FlashSales flashSales;
  private final Clock clock;
  private final OrderProperties properties;

  WarmUpConfiguration(
      Orders orders,
      OrderRequests requests,
      BestSellers bestSellers,
      SequencedLog<OrderEvent> events,
      FlashSales flashSales,
      Clock clock,
      OrderProperties properties) {
    this.orders = orders;
    this.requests = requests;
    this.bestSellers = bestSellers;
    this.events = events;
    this.flashSales = flashSales;
    this.clock = clock;
    this.properties = properties;
  }

  @Bean
  WarmUp orderWarmUp(PlatformTransactionManager transactions) {
    return new OrderWarmUp(this::orderService, new RolledBackCalls(transactions, () -> {}));
  }

  private BindableService orderService(Channel mall) {
    SimpleMeterRegistry unseen = new SimpleMeterRegistry();
    MallClients clients =
        MallClients.over(
            mall, new LastProducts(properties, unseen), properties.recommendationTimeout());
    return new OrderService(
        placeOrder(clients),
        orders,
        events,
        flashSales,
        new DegradedAnswers(unseen),
        Ownership.of(Identity.OPEN),
        properties);
  }

  private PlaceOrderOnce placeOrder(MallClients clients) {
    SettleOrder settle =
        new SettleOrder(
            clients.stock(), clients.payments(), orders, clock, properties.fulfilmentStep());
    PlaceOrder placeOrder =
        new PlaceOrder(
            clients.catalogue(),
            clients.stock(),
            orders,
            clients.payments(),
            settle,
            clock,
            properties.recoveryAfter());
    return new PlaceOrderOnce(
        placeOrder,
        requests,
        orders,
        clients.recommendations(),
        bestSellers,
        clock,
        properties.claimTimeout());
  }
}
