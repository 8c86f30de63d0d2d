package dev.platform.spring.start;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.request.IncomingRequests;
import dev.platform.core.start.CallsWarmUp;
import dev.platform.core.start.EarlyConnections;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpChains;
import dev.platform.core.start.WarmUps;
import dev.platform.spring.check.CalledMethods;
import dev.platform.spring.check.ConfigurationCheckAutoConfiguration;
import dev.platform.spring.discovery.DiscoveryAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Warms the process up before it is ready. Off with {@code platform.start.warm-up.enabled=false}.
 */
@AutoConfiguration(
    after = {ConfigurationCheckAutoConfiguration.class, DiscoveryAutoConfiguration.class})
@EnableConfigurationProperties(WarmUpProperties.class)
public final class WarmUpAutoConfiguration {

  @Bean
  WarmUps warmUps(
      WarmUpProperties properties,
      ObjectProvider<ServerLink> server,
      ObjectProvider<ClientLink> client,
      ObjectProvider<IncomingRequests> requests) {
    return new WarmUps(
        properties.settings(),
        () ->
            WarmUpChains.of(
                server.stream().toList(),
                client.stream().toList(),
                requests.getIfAvailable(),
                System::nanoTime),
        Threads.daemons(),
        System::nanoTime);
  }

  @Bean
  WarmUpRunner warmUpRunner(
      WarmUps warmUps,
      ConfigurableApplicationContext context,
      ObjectProvider<MeterRegistry> meters) {
    return new WarmUpRunner(warmUps, context, meters);
  }

  @Bean
  WarmUpEnd warmUpEnd(WarmUps warmUps, ConfigurableApplicationContext context) {
    return new WarmUpEnd(warmUps, context);
  }

  /** First: connections are made while other parts run. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  @ConditionalOnBooleanProperty(name = "platform.start.warm-up.enabled", matchIfMissing = true)
  @ConditionalOnBean({CalledMethods.class, InstanceDirectory.class})
  WarmUp platformConnections(CalledMethods called, InstanceDirectory directory) {
    return new EarlyConnections(called::channels, directory);
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 1)
  @ConditionalOnBooleanProperty(name = "platform.start.warm-up.enabled", matchIfMissing = true)
  WarmUp platformDataSources(ObjectProvider<DataSource> sources) {
    return run -> {
      for (DataSource source : sources.stream().toList()) {
        connect(source);
      }
    };
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 2)
  @ConditionalOnBooleanProperty(name = "platform.start.warm-up.enabled", matchIfMissing = true)
  WarmUp platformCalls() {
    return new CallsWarmUp();
  }

  /** A pool that has one connection opens the others by itself. */
  private static void connect(DataSource source) throws SQLException {
    source.getConnection().close();
  }
}
