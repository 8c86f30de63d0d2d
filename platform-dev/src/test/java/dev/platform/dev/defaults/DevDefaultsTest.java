package dev.platform.dev.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.dev.tracing.SpanExportProperties;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class DevDefaultsTest {

  @ParameterizedTest
  @EnumSource
  void sendsAllTracesToTheDevelopmentCollector(SpanExportProperties names) {
    ConfigurableEnvironment environment = with(Map.of(), names);
    assertThat(environment.getProperty(names.endpoint())).isEqualTo("http://127.0.0.1:4317");
    assertThat(environment.getProperty(names.transport())).isEqualTo("grpc");
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isEqualTo("1.0");
    assertThat(environment.getProperty(names.scheduleDelay()))
        .as("traces are exported soon after their end")
        .isEqualTo("200ms");
  }

  @ParameterizedTest
  @EnumSource
  void ignoresAnAppWithItsOwnTraceExporter(SpanExportProperties names) {
    ConfigurableEnvironment environment =
        with(Map.of(names.endpoint(), "http://collector:4318/v1/traces"), names);
    assertThat(environment.getProperty(names.transport())).isNull();
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void unlocksWhatIsLockedInProduction(SpanExportProperties names) {
    ConfigurableEnvironment environment = with(Map.of(), names);
    assertThat(environment.getProperty("management.endpoints.access.max-permitted"))
        .isEqualTo("unrestricted");
    assertThat(environment.getProperty("management.endpoint.health.show-details"))
        .isEqualTo("always");
    boolean boot3 = names == SpanExportProperties.BOOT3;
    assertThat(environment.getProperty("grpc.server.reflection-service-enabled"))
        .isEqualTo(boot3 ? "true" : null);
    assertThat(environment.getProperty("spring.grpc.server.reflection.enabled"))
        .isEqualTo(boot3 ? null : "true");
  }

  @Test
  void canBeDisabled() {
    ConfigurableEnvironment environment =
        with(Map.of("platform.dev.tracing.enabled", "false"), SpanExportProperties.BOOT3);
    assertThat(environment.getProperty("management.otlp.tracing.endpoint")).isNull();
  }

  @Test
  void userPropertiesTakePrecedence() {
    ConfigurableEnvironment environment =
        with(Map.of("management.tracing.sampling.probability", "0.5"), SpanExportProperties.BOOT3);
    assertThat(environment.getProperty("management.tracing.sampling.probability")).isEqualTo("0.5");
  }

  @Test
  void theyTakePrecedenceOverDefaultProperties() {
    SpringApplication app = new SpringApplication(Object.class);
    app.setWebApplicationType(WebApplicationType.NONE);
    app.setDefaultProperties(Map.of("management.otlp.tracing.transport", "http"));
    try (ConfigurableApplicationContext context =
        app.run("--platform.dev.etcd.enabled=false", "--spring.main.banner-mode=off")) {
      ConfigurableEnvironment environment = context.getEnvironment();
      assertThat(environment.getProperty("management.otlp.tracing.transport")).isEqualTo("grpc");
      assertThat(environment.getPropertySources().stream().toList())
          .last()
          .extracting("name")
          .isEqualTo("defaultProperties");
    }
  }

  private static ConfigurableEnvironment with(
      Map<String, Object> user, SpanExportProperties names) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addLast(new MapPropertySource("user", user));
    DevDefaults.addTo(environment, names);
    return environment;
  }
}
