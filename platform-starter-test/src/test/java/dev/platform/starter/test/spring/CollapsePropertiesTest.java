package dev.platform.starter.test.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

class CollapsePropertiesTest {

  @Test
  void readsWhatDecidesOnRetriesAndQueues() {
    MockEnvironment environment =
        new MockEnvironment()
            .withProperty("platform.resilience.retry.budget.ratio", "0.3")
            .withProperty("platform.etcd.password", "secret");

    assertThat(CollapseProperties.of(environment))
        .isEqualTo(Map.of("platform.resilience.retry.budget.ratio", "0.3"));
  }

  @Test
  void readsVariablesOfTheProcess() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "test-systemEnvironment",
                Map.of("PLATFORM_RESILIENCE_CONCURRENCYLIMIT_MODE", "adaptive")));

    assertThat(CollapseProperties.of(environment))
        .containsEntry("platform.resilience.concurrency-limit.mode", "adaptive");
  }
}
