package dev.platform.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ServerLink;
import dev.platform.spring.failure.FailureAutoConfiguration;
import net.devh.boot.grpc.server.advice.GrpcAdvice;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** net.devh's exception mapping. */
class GrpcAdviceTest {

  @Test
  void aGrpcAdviceOfTheApplicationIsKept() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(FailureAutoConfiguration.class))
        .withBean(Advice.class)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ServerLink.class));
  }

  @GrpcAdvice
  static class Advice {}
}
