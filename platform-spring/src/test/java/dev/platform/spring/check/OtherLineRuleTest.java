package dev.platform.spring.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class OtherLineRuleTest {

  private final StandardEnvironment environment = new StandardEnvironment();

  @ParameterizedTest
  @CsvSource({
    "4.1.2, grpc.server.port, spring.grpc.server.port",
    "4.1.2, grpc.server.shutdownGracePeriod, spring.grpc.server.shutdown.grace-period",
    "4.1.2, grpc.server.security.keyStore, spring.grpc.server.ssl.bundle",
    "4.1.2, grpc.client.payment-service.address, spring.grpc.client.channel.payment-service.target",
    "4.1.2, grpc.client.GLOBAL.keep-alive-time,"
        + " spring.grpc.client.channel.default.keepalive.time",
    "4.1.2, management.otlp.tracing.endpoint,"
        + " management.opentelemetry.tracing.export.otlp.endpoint",
    "3.5.16, spring.grpc.server.port, grpc.server.port",
    "3.5.16, spring.grpc.client.channel.shop.target, grpc.client.shop.address",
    "3.5.16, management.tracing.export.enabled, management.tracing.enabled",
  })
  void namesTheEquivalentProperty(String springBoot, String set, String right) {
    environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(set, "1")));
    assertThat(findings(springBoot))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.expected())
                  .isEqualTo(right + ", its name on Spring Boot " + springBoot);
              assertThat(finding.value())
                  .isEqualTo("set in \"" + set + "\" from property source \"test\"");
            });
  }

  @Test
  void namesTheEnabledPropertyIfThePortDisablesTheServer() {
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of("grpc.server.port", -1)));
    assertThat(findings("4.1.2"))
        .extracting(Finding::expected)
        .containsExactly(
            "spring.grpc.server.enabled: false, its name on Spring Boot 4.1.2 for no server");
  }

  @Test
  void detectsEnvironmentVariables() {
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "test-systemEnvironment", Map.of("GRPC_SERVER_SHUTDOWN_GRACE_PERIOD", "1s")));
    assertThat(findings("4.1.2"))
        .extracting(Finding::expected)
        .containsExactly("spring.grpc.server.shutdown.grace-period, its name on Spring Boot 4.1.2");
  }

  @Test
  void reportsPropertiesWithoutAnEquivalent() {
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of("grpc.default-scheme", "dns")));
    assertThat(findings("4.1.2"))
        .extracting(Finding::expected)
        .containsExactly("nothing: there is no such property on Spring Boot 4.1.2");
  }

  @Test
  void ignoresPropertiesOfThisLineAndOfOthers() {
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    "spring.grpc.server.port", 1,
                    "grpc.server.color", "blue",
                    "grpc.shop.port", 2,
                    "management.tracing.sampling.probability", 1)));
    assertThat(findings("4.1.2")).isEmpty();
  }

  private List<Finding> findings(String springBoot) {
    return new OtherLineRule(environment, springBoot).findings();
  }
}
