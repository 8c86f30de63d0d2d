package dev.platform.spring.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.platform.core.balancer.OutlierDetection;
import dev.platform.core.breaker.CircuitBreakerSettings;
import dev.platform.core.concurrency.ConcurrencyLimitSettings;
import dev.platform.core.deadline.DeadlineSettings;
import dev.platform.core.discovery.DiscoverySettings;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.retry.HedgingSettings;
import dev.platform.core.retry.RetrySettings;
import dev.platform.spring.concurrency.ConcurrencyLimitProperties;
import dev.platform.spring.deadline.DeadlineProperties;
import dev.platform.spring.discovery.DiscoveryProperties;
import dev.platform.spring.drain.DrainProperties;
import dev.platform.spring.etcd.EtcdProperties;
import dev.platform.spring.resilience.CircuitBreakerProperties;
import dev.platform.spring.resolver.OutlierDetectionProperties;
import dev.platform.spring.retry.HedgingProperties;
import dev.platform.spring.retry.RetryProperties;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** Defaults are the same with and without Spring. */
class DefaultsTest {

  private static final Duration LEASE_TTL = Duration.ofSeconds(10);

  @ParameterizedTest
  @MethodSource
  void unsetPropertiesHaveTheDefaultsOfTheCore(
      Class<?> properties, Object defaults, List<Object> arguments) {
    String prefix = properties.getAnnotation(ConfigurationProperties.class).value();
    Object bound =
        new Binder(new MapConfigurationPropertySource()).bindOrCreate(prefix, properties);

    // Some settings are visible only to the configuration in their package.
    Object settings = ReflectionTestUtils.invokeMethod(bound, "settings", arguments.toArray());
    assertThat(settings).isEqualTo(defaults);
  }

  static Stream<Arguments> unsetPropertiesHaveTheDefaultsOfTheCore() {
    return Stream.of(
        arguments(EtcdProperties.class, EtcdSettings.defaults(), List.of()),
        arguments(DiscoveryProperties.class, DiscoverySettings.defaults(), List.of(LEASE_TTL)),
        arguments(DrainProperties.class, DrainSettings.defaults(), List.of()),
        arguments(DeadlineProperties.class, DeadlineSettings.defaults(), List.of()),
        arguments(RetryProperties.class, RetrySettings.defaults(), List.of()),
        arguments(HedgingProperties.class, HedgingSettings.none(), List.of()),
        arguments(OutlierDetectionProperties.class, OutlierDetection.defaults(), List.of()),
        arguments(ConcurrencyLimitProperties.class, ConcurrencyLimitSettings.defaults(), List.of()),
        arguments(CircuitBreakerProperties.class, CircuitBreakerSettings.defaults(), List.of()));
  }
}
