package dev.platform.spring.resilience;

import dev.platform.core.call.CallRecorder;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.RejectionServerInterceptor;
import dev.platform.spring.deadline.DeadlineProperties;
import io.grpc.Deadline;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Records and classifies calls, and propagates refusals upstream. */
@AutoConfiguration
@EnableConfigurationProperties(DeadlineProperties.class)
public final class OutcomeAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  OutcomeClassifier outcomeClassifier() {
    return OutcomeClassifier.standard();
  }

  @Bean
  CallRecorder callRecorder(OutcomeClassifier outcomes, DeadlineProperties deadlines) {
    return new CallRecorder(
        outcomes,
        Clock.systemUTC(),
        System::nanoTime,
        Deadline.getSystemTicker(),
        deadlines.fairChance());
  }

  @Bean
  ClientLink callRecorderLink(CallRecorder recorder) {
    return new ClientLink(ClientStage.RECORD, recorder);
  }

  @Bean
  ServerLink rejectionServerInterceptor() {
    return new ServerLink(ServerStage.REJECTION, new RejectionServerInterceptor());
  }
}
