package dev.platform.payment.bank;

import dev.platform.payment.bank.domain.CreateCharge;
import dev.platform.payment.bank.domain.Ledger;
import dev.platform.payment.bank.domain.RefundCharge;
import dev.platform.payment.bank.domain.Simulation;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the simulated bank. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BankProperties.class)
class BankConfiguration {

  @Bean
  Simulation simulation(BankProperties properties) {
    return new Simulation(
        properties.behaviour(),
        properties.settable(),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  @Bean
  CreateCharge createCharge(Ledger ledger, Simulation simulation) {
    return new CreateCharge(ledger, simulation);
  }

  @Bean
  RefundCharge refundCharge(Ledger ledger, Simulation simulation) {
    return new RefundCharge(ledger, simulation);
  }
}
