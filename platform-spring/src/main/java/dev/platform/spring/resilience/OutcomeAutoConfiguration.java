package dev.platform.spring.resilience;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.RejectionServerInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Classifies calls, and propagates refusals upstream. */
@AutoConfiguration
public final class OutcomeAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  OutcomeClassifier outcomeClassifier() {
    return OutcomeClassifier.standard();
  }

  @Bean
  ServerLink rejectionServerInterceptor() {
    return new ServerLink(ServerStage.REJECTION, new RejectionServerInterceptor());
  }
}
