package dev.platform.tests.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.spring.deadline.DeadlineProperties;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class MethodVariablesTest {

  @Test
  void anEnvironmentVariableSetsTheDeadlineOfAMethod() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of("PLATFORM_DEADLINE_METHODS_PRICE_V1_PRICESERVICE_GETPRICE", "300ms")));
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Plain.class)
            .web(WebApplicationType.NONE)
            .environment(environment)
            .run()) {
      assertThat(
              Binder.get(context.getEnvironment())
                  .bindOrCreate("platform.deadline", DeadlineProperties.class)
                  .methods()
                  .get("price.v1.PriceService/GetPrice"))
          .isEqualTo(Duration.ofMillis(300));
    }
  }

  @Configuration
  static class Plain {}
}
