package dev.platform.spring.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.concurrency.ConcurrencyLimit;
import dev.platform.core.concurrency.ConcurrencyLimitServerInterceptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ConcurrencyLimitAutoConfigurationTest {

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ConcurrencyLimitAutoConfiguration.class))
          .withBean(SimpleMeterRegistry.class);

  @Test
  void isOffUntilAModeIsSet() {
    app.run(context -> assertThat(context).doesNotHaveBean(ServerLink.class));
  }

  @Test
  void isOffIfYamlReadsOffAsFalse() {
    app.withPropertyValues("platform.resilience.concurrency-limit.mode=false")
        .run(context -> assertThat(context).doesNotHaveBean(ServerLink.class));
  }

  @Test
  void isFixedAtTheConfiguredLimit() {
    app.withPropertyValues(
            "platform.resilience.concurrency-limit.mode=fixed",
            "platform.resilience.concurrency-limit.limit=7")
        .run(
            context -> {
              ServerLink link = context.getBean(ServerLink.class);
              assertThat(link.stage()).isEqualTo(ServerStage.CONCURRENCY_LIMIT);
              assertThat(link.interceptor()).isInstanceOf(ConcurrencyLimitServerInterceptor.class);
              assertThat(context.getBean(ConcurrencyLimit.class).limit()).isEqualTo(7);
            });
  }

  @Test
  void adaptsFromItsInitialLimit() {
    for (String mode : new String[] {"adaptive", "gradient2"}) {
      app.withPropertyValues(
              "platform.resilience.concurrency-limit.mode=" + mode,
              "platform.resilience.concurrency-limit." + mode + ".initial-limit=33")
          .run(
              context -> assertThat(context.getBean(ConcurrencyLimit.class).limit()).isEqualTo(33));
    }
  }
}
