package dev.platform.payment.warmup;

import dev.platform.core.start.WarmUp;
import dev.platform.jdbc.RolledBackCalls;
import dev.platform.payment.api.PaymentGrpcService;
import dev.platform.payment.client.BankClient;
import dev.platform.payment.domain.Bank;
import dev.platform.payment.domain.CreatePayment;
import dev.platform.payment.domain.FindPayment;
import dev.platform.payment.domain.Payments;
import dev.platform.payment.domain.RefundPayment;
import dev.platform.payment.domain.SettlePayment;
import dev.platform.payment.domain.VoidPayment;
import io.grpc.BindableService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Wires a second payment service, which no money passes through. */
@Configuration(proxyBeanMethods = false)
class WarmUpConfiguration {

  @Bean
  WarmUp paymentWarmUp(Payments payments, PlatformTransactionManager transactions) {
    return new PaymentWarmUp(
        BankClient::new,
        bank -> service(payments, bank),
        new RolledBackCalls(transactions, () -> {}));
  }

  private static BindableService service(Payments payments, Bank bank) {
    SettlePayment settle = new SettlePayment(payments, bank);
    FindPayment find = new FindPayment(payments);
    return new PaymentGrpcService(
        new CreatePayment(payments, settle),
        find,
        new RefundPayment(find, settle, payments, bank),
        new VoidPayment(payments));
  }
}
