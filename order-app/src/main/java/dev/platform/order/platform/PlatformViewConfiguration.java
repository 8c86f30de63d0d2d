package dev.platform.order.platform;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import dev.platform.spring.endpoint.PlatformEndpoint;
import dev.platform.spring.security.AuthorizationEndpoint;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Collects the view's sources; discovery and breakers may be disabled. Whoever does not expose the
 * endpoint {@code platform} has no view of it either.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnAvailableEndpoint(endpoint = PlatformEndpoint.class)
class PlatformViewConfiguration {

  @Bean
  PlatformOverview platformOverview(
      @Value("${spring.application.name}") String app,
      @Value("${platform.etcd.namespace:}") String namespace,
      PlatformEndpoint endpoint,
      ObjectProvider<InstanceDirectory> directory,
      ObjectProvider<EtcdConnection> connection,
      ObjectProvider<CircuitBreakerRegistry> breakers,
      ObjectProvider<AuthorizationEndpoint> rules,
      @Value("${platform.security.transport.mode:plaintext}") String transport,
      @Value("${mall.identity:open}") String identity,
      MeterRegistry meters,
      Clock clock) {
    Optional<InstanceDirectory> watching = directory.stream().findFirst();
    Optional<RegistryKeys> keys =
        watching.map(
            unused ->
                new RegistryKeys(
                    connection.getObject(), new InstanceCodec(namespace, ValueFormat.GRPC)));
    return new PlatformOverview(
        app,
        endpoint,
        watching,
        keys,
        breakers.stream().findFirst(),
        new CallMeters(meters),
        new SecurityOverview(transport, identity, rules.stream().findFirst(), meters),
        clock);
  }
}
