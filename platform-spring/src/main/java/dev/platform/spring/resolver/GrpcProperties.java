package dev.platform.spring.resolver;

import static dev.platform.core.InvalidPropertyException.check;

import io.grpc.LoadBalancerRegistry;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Load balancing of calls.
 *
 * @param loadBalancing name of a load-balancing policy that is registered with gRPC; a channel's
 *     own policy wins: {@code grpc.client.*.default-load-balancing-policy} on Spring Boot 3.5,
 *     {@code spring.grpc.client.channel.*.default.load-balancing-policy} on 4.1
 * @param avoidSilentInstances whether calls avoid instances that are connected but do not answer at
 *     all
 */
@ConfigurationProperties("platform.grpc")
public record GrpcProperties(
    @DefaultValue("round_robin") String loadBalancing,
    @DefaultValue("true") boolean avoidSilentInstances) {

  public GrpcProperties {
    check(
        LoadBalancerRegistry.getDefaultRegistry().getProvider(loadBalancing) != null,
        "platform.grpc.load-balancing",
        loadBalancing,
        "a policy that is registered with gRPC, such as round_robin or pick_first");
  }
}
