package dev.platform.payment.bank.api;

import dev.platform.payment.bank.domain.Simulation;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
}
