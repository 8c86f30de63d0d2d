package dev.platform.payment.bank;

import dev.platform.payment.bank.domain.GiveBack;
import dev.platform.payment.bank.domain.Ledger;
import dev.platform.payment.bank.domain.Simulation;
import dev.platform.payment.bank.domain.TakeCharge;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the simulated bank together. */
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
  TakeCharge takeCharge(Ledger ledger, Simulation simulation) {
    return new TakeCharge(ledger, simulation);
  }

  @Bean
  GiveBack giveBack(Ledger ledger, Simulation simulation) {
    return new GiveBack(ledger, simulation);
  }
}
