package dev.platform.spring.discovery;

import dev.platform.core.discovery.InstanceDirectory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.client.ConditionalOnReactiveDiscoveryEnabled;
import org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Flux;

/** Discovery for reactive apps. */
@AutoConfiguration(
    after = DiscoveryAutoConfiguration.class,
    before = {
      ReactiveCommonsClientAutoConfiguration.class,
      ReactiveCompositeDiscoveryClientAutoConfiguration.class
    })
@ConditionalOnClass({Flux.class, ReactiveDiscoveryClient.class})
@ConditionalOnReactiveDiscoveryEnabled
@ConditionalOnBean(InstanceDirectory.class)
public final class ReactiveDiscoveryAutoConfiguration {

  @Bean
  ReactiveDiscoveryClient etcdReactiveDiscoveryClient(InstanceDirectory directory) {
    return new EtcdReactiveDiscoveryClient(directory);
  }
}
