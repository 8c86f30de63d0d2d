package dev.platform.spring.priority;

import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.priority.PriorityClientInterceptor;
import dev.platform.core.priority.PriorityServerInterceptor;
import dev.platform.spring.config.ConfiguredTransport;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Priorities travel with calls. Off with {@code platform.priority.enabled=false}: those of single
 * limits remain.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = PriorityProperties.PREFIX + ".enabled", matchIfMissing = true)
@EnableConfigurationProperties(PriorityProperties.class)
public final class PriorityAutoConfiguration {

  @Bean
  ServerLink priorityServerInterceptor(PriorityProperties properties, Environment environment) {
    boolean provesNothing = !ConfiguredTransport.of(environment).provesWorkloads();
    return new ServerLink(
        ServerStage.PRIORITY, new PriorityServerInterceptor(properties.settings(provesNothing)));
  }

  @Bean
  ClientLink priorityClientInterceptor() {
    return new ClientLink(ClientStage.PRIORITY, new PriorityClientInterceptor());
  }
}
