package dev.platform.spring.retry;

import dev.platform.core.call.CallRecorder;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import dev.platform.core.retry.RetryClientInterceptor;
import dev.platform.core.retry.RetryServerInterceptor;
import dev.platform.spring.resilience.OutcomeAutoConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Retries calls, at only one hop of a chain of calls. Without retries of its own ({@code
 * platform.resilience.retry.enabled=false}) a process still propagates that an upstream hop
 * retries.
 */
@AutoConfiguration(after = OutcomeAutoConfiguration.class)
@EnableConfigurationProperties({RetryProperties.class, HedgingProperties.class})
public final class RetryAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(RetryAutoConfiguration.class);

  @Bean
  RetryAndHedgingPolicy retryAndHedgingPolicy(
      RetryProperties retry, HedgingProperties hedging, CallRecorder recorder) {
    hedging
        .methods()
        .forEach(
            (method, delay) ->
                log.info(
                    "Calls of {} are hedged after {} ms, and not retried",
                    method,
                    delay.toMillis()));
    return new RetryAndHedgingPolicy(retry.settings(), hedging.settings(), recorder);
  }

  @Bean
  ClientLink retryClientInterceptor() {
    return new ClientLink(ClientStage.RETRY, new RetryClientInterceptor());
  }

  @Bean
  ServerLink retryServerInterceptor() {
    return new ServerLink(ServerStage.UPSTREAM_RETRY, new RetryServerInterceptor());
  }
}
