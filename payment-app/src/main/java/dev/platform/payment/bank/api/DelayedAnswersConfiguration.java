package dev.platform.payment.bank.api;

import dev.platform.core.start.WarmUp;
import dev.platform.jdbc.RolledBackCalls;
import dev.platform.payment.bank.domain.Behaviour;
import dev.platform.payment.bank.domain.CreateCharge;
import dev.platform.payment.bank.domain.Ledger;
import dev.platform.payment.bank.domain.RefundCharge;
import dev.platform.payment.bank.domain.Simulation;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration(proxyBeanMethods = false)
class DelayedAnswersConfiguration {

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService lateAnswersExecutor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "late-answers");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  @Bean
  DelayedAnswers delayedAnswers(
      Simulation simulation, ScheduledExecutorService lateAnswersExecutor) {
    return new DelayedAnswers(simulation, lateAnswersExecutor);
  }

  /** The bank as it is without any fault. */
  @Bean
  WarmUp bankWarmUp(
      Ledger ledger,
      ScheduledExecutorService lateAnswersExecutor,
      PlatformTransactionManager transactions) {
    Simulation calm = new Simulation(new Behaviour(Duration.ZERO, 0, 0), false, () -> 1);
    return new BankWarmUp(
        new BankGatewayGrpcService(
            new CreateCharge(ledger, calm),
            new RefundCharge(ledger, calm),
            calm,
            new DelayedAnswers(calm, lateAnswersExecutor)),
        new RolledBackCalls(transactions, () -> {}));
  }
}
