package dev.platform.tests.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;

/** Every property source of a user overrides the platform's defaults. */
class PlatformDefaultsTest {

  private static final String NAME = "platform.registry.lease-ttl";
  private static final String RESOURCE = "management.opentelemetry.resource-attributes";

  @Test
  void applyIfNothingIsSet() {
    assertThat(leaseTtl(Plain.class, Map.of())).isEqualTo("10s");
  }

  @Test
  void areOverriddenByDefaultPropertiesOfTheApplication() {
    assertThat(leaseTtl(Plain.class, Map.of(NAME, "20s"))).isEqualTo("20s");
  }

  @Test
  void areOverriddenByDefaultPropertiesInAnotherSpelling() {
    assertThat(leaseTtl(Plain.class, Map.of("platform.registry.leaseTtl", "20s"))).isEqualTo("20s");
  }

  @Test
  void areOverriddenByAListOfDefaultProperties() {
    Map<String, Object> properties =
        Map.of(
            "platform.etcd.endpoints[0]", "http://a:1", "platform.etcd.endpoints[1]", "http://b:2");
    assertThat(bound("platform.etcd.endpoints", Plain.class, properties))
        .isEqualTo("http://a:1,http://b:2");
  }

  @Test
  void areOverriddenByAPropertySourceAnnotation() {
    assertThat(leaseTtl(Annotated.class, Map.of())).isEqualTo("30s");
  }

  @Test
  void areOverriddenByTheCommandLine() {
    assertThat(leaseTtl(Plain.class, Map.of(NAME, "20s"), "--" + NAME + "=40s")).isEqualTo("40s");
  }

  @Test
  void nameTheInstanceInTelemetryUnlessSomethingElseDoes() {
    assertThat(instance(Map.of()))
        .containsEntry("service.instance.id", ManagementFactory.getRuntimeMXBean().getName());
    assertThat(instance(Map.of(RESOURCE + "[service.instance.id]", "own")))
        .containsEntry("service.instance.id", "own");
    assertThat(instance(Map.of(RESOURCE + ".service.instance.id", "own")))
        .containsEntry("service.instance.id", "own");
    assertThat(instance(Map.of(), "--OTEL_RESOURCE_ATTRIBUTES=a=b,service.instance.id=own"))
        .doesNotContainKey("service.instance.id");
  }

  private static Map<String, String> instance(Map<String, Object> properties, String... arguments) {
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Plain.class)
            .web(WebApplicationType.NONE)
            .properties(properties)
            .run(arguments)) {
      return Binder.get(context.getEnvironment())
          .bind(RESOURCE, Bindable.mapOf(String.class, String.class))
          .orElse(Map.of());
    }
  }

  private static String leaseTtl(
      Class<?> configuration, Map<String, Object> defaultProperties, String... arguments) {
    return bound(NAME, configuration, defaultProperties, arguments);
  }

  private static String bound(
      String name,
      Class<?> configuration,
      Map<String, Object> defaultProperties,
      String... arguments) {
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(configuration)
            .web(WebApplicationType.NONE)
            .properties(defaultProperties)
            .run(arguments)) {
      return String.join(
          ",",
          Binder.get(context.getEnvironment()).bind(name, Bindable.listOf(String.class)).get());
    }
  }

  @Configuration
  static class Plain {}

  @Configuration
  @PropertySource("classpath:lease-ttl.properties")
  static class Annotated {}
}
