package dev.platform.spring.resolver;

import static dev.platform.core.InvalidPropertyException.check;

import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.balancer.OutlierDetection;
import io.grpc.LoadBalancerRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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
 * @param slowStart how long {@code peak_ewma} raises the share of calls of an instance that is new
 *     to this process, from a tenth to the whole; 0s to 10m, 0s for its whole share at once
 * @param zone the zone of this process, whose instances {@code peak_ewma} prefers; by default the
 *     zone in the metadata that the process registers
 */
@ConfigurationProperties("platform.grpc")
public record GrpcProperties(
    @DefaultValue("peak_ewma") String loadBalancing,
    @DefaultValue("true") boolean avoidSilentInstances,
    @DefaultValue("10s") Duration slowStart,
    @Nullable String zone) {

  public GrpcProperties {
    check(
        LoadBalancerRegistry.getDefaultRegistry().getProvider(loadBalancing) != null,
        "platform.grpc.load-balancing",
        loadBalancing,
        "a policy that is registered with gRPC, such as peak_ewma or round_robin");
    var validated =
        new BalancerSettings(avoidSilentInstances, OutlierDetection.defaults(), slowStart);
  }
}
