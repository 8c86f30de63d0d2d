package dev.platform.spring.discovery;

import dev.platform.core.discovery.InstanceDirectory;
import java.util.Objects;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * Sends the HTTP clients of Spring Cloud LoadBalancer ({@code @LoadBalanced}, {@code lb://}) to the
 * HTTP ports of instances: the address in etcd is that of the gRPC server. Off with {@code
 * platform.discovery.http-load-balancer=false}.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class)
@ConditionalOnClass(LoadBalancerClientSpecification.class)
@ConditionalOnBean(InstanceDirectory.class)
@ConditionalOnBooleanProperty(name = "platform.discovery.http-load-balancer", matchIfMissing = true)
public final class HttpLoadBalancerAutoConfiguration {

  /** For all clients: Spring Cloud takes a name that starts so for a default. */
  @Bean
  LoadBalancerClientSpecification httpLoadBalancerSpecification() {
    return new LoadBalancerClientSpecification(
        "default." + HttpLoadBalancerConfiguration.class.getName(),
        new Class<?>[] {HttpLoadBalancerConfiguration.class});
  }

  static <T> T parent(ApplicationContext child, Class<T> type) {
    return Objects.requireNonNull(child.getParent()).getBean(type);
  }
}
