package dev.platform.dev.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class DevDefaultsEnvironmentPostProcessorTest {

  @Test
  void sendsAllTracesToTheDevelopmentCollector() {
    ConfigurableEnvironment environment = process(Map.of());
    assertThat(environment.getProperty("management.otlp.tracing.endpoint"))
        .isEqualTo("http://127.0.0.1:4317");
    assertThat(environment.getProperty("management.otlp.tracing.transport")).isEqualTo("grpc");
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isEqualTo("1.0");
    assertThat(environment.getProperty("management.tracing.opentelemetry.export.schedule-delay"))
        .as("a trace can be looked at as soon as it is over")
        .isEqualTo("200ms");
  }

  @Test
  void leavesAnAppAloneThatHasAPlaceForItsTraces() {
    ConfigurableEnvironment environment =
        process(Map.of("management.otlp.tracing.endpoint", "http://collector:4318/v1/traces"));
    assertThat(environment.getProperty("management.otlp.tracing.transport")).isNull();
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isNull();
  }

  @Test
  void canBeSwitchedOff() {
    ConfigurableEnvironment environment = process(Map.of("platform.dev.tracing.enabled", "false"));
    assertThat(environment.getProperty("management.otlp.tracing.endpoint")).isNull();
  }

  @Test
  void whatAUserSetsWins() {
    ConfigurableEnvironment environment =
        process(Map.of("management.tracing.sampling.probability", "0.5"));
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isEqualTo("0.5");
  }

  private static ConfigurableEnvironment process(Map<String, Object> user) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addLast(new MapPropertySource("user", user));
    new DevDefaultsEnvironmentPostProcessor()
        .postProcessEnvironment(environment, new SpringApplication());
    return environment;
  }
}
