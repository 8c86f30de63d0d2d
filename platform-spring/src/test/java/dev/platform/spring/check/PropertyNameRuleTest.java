package dev.platform.spring.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PropertyNameRuleTest {

  @ParameterizedTest
  @CsvSource({
    "platform.registry.lease-tll, platform.registry.lease-ttl",
    "platform.registry.lease.ttl, platform.registry.lease-ttl",
    "platform.registy.lease-ttl, platform.registry.lease-ttl",
    "platform.etcd.pasword, platform.etcd.password",
    "platform.etcd.endpoint, platform.etcd.endpoints",
    "platform.drain.timeout.millis, platform.drain.timeout",
  })
  void reportsAnUnknownNameWithItsSourceAndASuggestion(String wrong, String meant) {
    assertThat(findings(Map.of(wrong, "a secret")))
        .containsExactly(
            wrong
                + ": set in \""
                + wrong
                + "\" from property source \"test\" (expected: a property of the platform; did you"
                + " mean "
                + meant
                + "?)");
  }

  @Test
  void refersToTheDocumentationIfNothingIsSimilar() {
    assertThat(findings(Map.of("platform.resilience.make-it-safe", "true")))
        .containsExactly(
            "platform.resilience.make-it-safe: set in \"platform.resilience.make-it-safe\" from"
                + " property source \"test\" (expected: a property of the platform, see"
                + " docs/properties.md)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "platform.registry.lease-ttl",
        "platform.registry.leaseTtl",
        "platform.registry.services[0]",
        "platform.registry.services",
        "platform.registry.metadata.zone",
        "platform.deadline.methods[order.v1.OrderService/CreateOrder]",
        "platform.dev.enabled",
        "platform.team",
        "platform.regions[0].name",
        "other.registry.lease-tll",
      })
  void acceptsThePlatformsNamesAndIgnoresOthers(String name) {
    assertThat(findings(Map.of(name, "value"))).isEmpty();
  }

  @Test
  void environmentVariablesAreMatchedWithoutDashes() {
    assertThat(
            variables(
                "PLATFORM_REGISTRY_LEASE_TTL",
                "PLATFORM_REGISTRY_LEASETTL",
                "PLATFORM_REGISTRY_SERVICES_0",
                "PLATFORM_REGISTRY_METADATA_ZONE",
                "PLATFORM_NAME"))
        .isEmpty();
    assertThat(variables("PLATFORM_REGISTRY_LEASE_TLL"))
        .singleElement()
        .asString()
        .startsWith("platform.registry.lease.tll: set in \"PLATFORM_REGISTRY_LEASE_TLL\"")
        .endsWith("did you mean platform.registry.lease-ttl?)");
  }

  private static List<String> variables(String... names) {
    Map<String, Object> variables = new HashMap<>();
    List.of(names).forEach(name -> variables.put(name, "value"));
    StandardEnvironment environment = empty();
    environment
        .getPropertySources()
        .addFirst(new SystemEnvironmentPropertySource("systemEnvironment", variables));
    return findings(environment);
  }

  private static List<String> findings(Map<String, Object> properties) {
    StandardEnvironment environment = empty();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    return findings(environment);
  }

  private static StandardEnvironment empty() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .forEach(s -> environment.getPropertySources().remove(s.getName()));
    return environment;
  }

  private static List<String> findings(StandardEnvironment environment) {
    ConfigurationPropertySources.attach(environment);
    return new PropertyNameRule(environment).findings().stream().map(Finding::toString).toList();
  }
}
