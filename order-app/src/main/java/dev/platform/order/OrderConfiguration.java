package dev.platform.order;

import dev.platform.order.customer.CustomerProperties;
import dev.platform.order.customer.CustomerProperties.TraceUserId;
import dev.platform.order.customer.Ownership;
import dev.platform.order.domain.BestSellers;
import dev.platform.order.domain.Catalogue;
import dev.platform.order.domain.OrderRequests;
import dev.platform.order.domain.Orders;
import dev.platform.order.domain.Payments;
import dev.platform.order.domain.PlaceOrder;
import dev.platform.order.domain.PlaceOrderOnce;
import dev.platform.order.domain.Recommendations;
import dev.platform.order.domain.SettleOrder;
import dev.platform.order.domain.Stock;
import dev.platform.order.trace.ObservedOrders;
import dev.platform.order.trace.ObservedStock;
import dev.platform.order.trace.OrderSteps;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the use cases, which are framework-free. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({CustomerProperties.class, OrderProperties.class})
class OrderConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Ownership ownership(CustomerProperties properties) {
    return Ownership.of(properties.identity());
  }

  @Bean
  SettleOrder settleOrder(
      Stock stock, Payments payments, Orders orders, Clock clock, OrderProperties properties) {
    return new SettleOrder(stock, payments, orders, clock, properties.fulfilmentStep());
  }

  @Bean
  PlaceOrderOnce placeOrder(
      Catalogue catalogue,
      Stock stock,
      Orders orders,
      Payments payments,
      SettleOrder settle,
      OrderRequests requests,
      Recommendations recommendations,
      BestSellers bestSellers,
      OrderSteps steps,
      Clock clock,
      CustomerProperties customers,
      OrderProperties properties) {
    PlaceOrder placeOrder =
        new PlaceOrder(
            catalogue,
            new ObservedStock(stock, steps),
            new ObservedOrders(orders, steps, customers.traceUserId() == TraceUserId.HASHED),
            payments,
            settle,
            clock,
            properties.recoveryAfter());
    return new PlaceOrderOnce(
        placeOrder,
        requests,
        orders,
        recommendations,
        bestSellers,
        clock,
        properties.claimTimeout());
  }
}
