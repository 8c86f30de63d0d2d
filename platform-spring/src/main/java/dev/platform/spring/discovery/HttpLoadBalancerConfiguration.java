package dev.platform.spring.discovery;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/**
 * In the child context of each client of Spring Cloud LoadBalancer. Its instance suppliers, the
 * default ones and the application's own, take the discovery client from there.
 */
@Configuration(proxyBeanMethods = false)
class HttpLoadBalancerConfiguration {

  @Bean
  @ConditionalOnBean(DiscoveryClient.class)
  DiscoveryClient httpDiscoveryClient(ApplicationContext child) {
    return new Blocking(HttpLoadBalancerAutoConfiguration.parent(child, DiscoveryClient.class));
  }

  @Bean
  @ConditionalOnBean(ReactiveDiscoveryClient.class)
  ReactiveDiscoveryClient httpReactiveDiscoveryClient(ApplicationContext child) {
    return new Reactive(
        HttpLoadBalancerAutoConfiguration.parent(child, ReactiveDiscoveryClient.class));
  }

  private record Blocking(DiscoveryClient all) implements DiscoveryClient {

    @Override
    public String description() {
      return all.description() + " at HTTP ports";
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
      return HttpServiceInstance.of(all.getInstances(serviceId));
    }

    @Override
    public List<String> getServices() {
      return all.getServices();
    }
  }

  private record Reactive(ReactiveDiscoveryClient all) implements ReactiveDiscoveryClient {

    @Override
    public String description() {
      return all.description() + " at HTTP ports";
    }

    @Override
    public Flux<ServiceInstance> getInstances(String serviceId) {
      return all.getInstances(serviceId).collectList().flatMapIterable(HttpServiceInstance::of);
    }

    @Override
    public Flux<String> getServices() {
      return all.getServices();
    }
  }
}
