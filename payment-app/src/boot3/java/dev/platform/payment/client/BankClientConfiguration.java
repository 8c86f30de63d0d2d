package dev.platform.payment.client;

import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayBlockingStub;
import dev.platform.payment.domain.Bank;
import net.devh.boot.grpc.client.inject.GrpcClient;
import net.devh.boot.grpc.client.inject.GrpcClientBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the stub a bean. {@code @GrpcClient} on a constructor's parameter would create the whole
 * channel factory, metrics included, before Spring's post-processors exist.
 */
@Configuration(proxyBeanMethods = false)
@GrpcClientBean(
    clazz = BankGatewayBlockingStub.class,
    beanName = "bankGateway",
    client = @GrpcClient("bank-gateway"))
class BankClientConfiguration {

  @Bean
  Bank bank(BankGatewayBlockingStub bankGateway) {
    return new BankClient(bankGateway);
  }
}
