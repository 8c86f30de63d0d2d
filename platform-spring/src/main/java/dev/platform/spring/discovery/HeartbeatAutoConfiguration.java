package dev.platform.spring.discovery;

import dev.platform.core.discovery.InstanceDirectory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Reports changed lists to what lives on Spring Cloud's heartbeats, such as routes of Spring Cloud
 * Gateway. Off with {@code platform.discovery.heartbeat.enabled=false}.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class)
@ConditionalOnBean(InstanceDirectory.class)
@ConditionalOnBooleanProperty(name = "platform.discovery.heartbeat.enabled", matchIfMissing = true)
public final class HeartbeatAutoConfiguration {

  @Bean
  EtcdHeartbeat etcdHeartbeat(InstanceDirectory directory, ApplicationEventPublisher events) {
    return new EtcdHeartbeat(directory, events);
  }
}
