package dev.platform.payment;

import dev.platform.payment.domain.Bank;
import dev.platform.payment.domain.CreatePayment;
import dev.platform.payment.domain.FindPayment;
import dev.platform.payment.domain.Payments;
import dev.platform.payment.domain.RefundPayment;
import dev.platform.payment.domain.SettlePayment;
import dev.platform.payment.domain.VoidPayment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the domain, which is framework-free. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

  @Bean
  SettlePayment settlePayment(Payments payments, Bank bank) {
    return new SettlePayment(payments, bank);
  }

  @Bean
  CreatePayment createPayment(Payments payments, SettlePayment settlePayment) {
    return new CreatePayment(payments, settlePayment);
  }

  @Bean
  FindPayment findPayment(Payments payments) {
    return new FindPayment(payments);
  }

  @Bean
  RefundPayment refundPayment(
      FindPayment findPayment, SettlePayment settlePayment, Payments payments, Bank bank) {
    return new RefundPayment(findPayment, settlePayment, payments, bank);
  }

  @Bean
  VoidPayment voidPayment(Payments payments) {
    return new VoidPayment(payments);
  }
}
