package dev.platform.payment.client;

import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.payment.domain.Bank;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The bank as the domain knows it. */
@Configuration(proxyBeanMethods = false)
class BankClientConfiguration {

  @Bean
  Bank bank(BankGatewayBlockingStub bankGateway) {
    return new BankClient(bankGateway);
  }
}
