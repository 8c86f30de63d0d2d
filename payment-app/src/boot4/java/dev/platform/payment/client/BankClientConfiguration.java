package dev.platform.payment.client;

import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.payment.domain.Bank;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.ImportGrpcClients;

/** Makes the stub a bean, found by discovery. */
@Configuration(proxyBeanMethods = false)
@ImportGrpcClients(target = "bank-gateway", types = BankGatewayBlockingStub.class)
class BankClientConfiguration {

  @Bean
  Bank bank(BankGatewayBlockingStub bankGateway) {
    return new BankClient(bankGateway);
  }
}
