package dev.platform.boot4;

import dev.platform.core.call.ClientNameInterceptor;
import dev.platform.core.call.DiscoveredCalls;
import dev.platform.core.resolver.ResolverContext;
import io.grpc.ManagedChannelBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.util.concurrent.TimeUnit;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Connects channels to this application's discovery, and applies the settings that are common to
 * all.
 */
final class ResolvedChannels<T extends ManagedChannelBuilder<T>>
    implements GrpcChannelBuilderCustomizer<T> {

  private final ResolverContext context;
  private final Environment environment;

  ResolvedChannels(ResolverContext context, Environment environment) {
    this.context = context;
    this.environment = environment;
  }

  @Override
  public void customize(String channel, T builder) {
    if (DiscoveredTargets.isNamedClient(channel, environment)) {
      builder.intercept(new ClientNameInterceptor(channel));
    }
    if (builder instanceof InProcessChannelBuilder) {
      return;
    }
    if (DiscoveredTargets.isDiscovered(channel, environment)) {
      builder.intercept(new DiscoveredCalls());
    }
    context.resolve(builder);
    ChannelSettings settings = ChannelSettings.of(channel, environment);
    settings.use(
        entry -> entry.defaults().loadBalancingPolicy(),
        policy -> builder.setNameResolverArg(ResolverContext.LOAD_BALANCING, policy));
    settings.use(
        entry -> entry.idle().timeout(),
        timeout -> builder.idleTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS));
    settings.use(
        entry -> entry.keepalive().time(),
        time -> builder.keepAliveTime(time.toMillis(), TimeUnit.MILLISECONDS));
    settings.use(
        entry -> entry.keepalive().timeout(),
        timeout -> builder.keepAliveTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS));
    settings.use(entry -> entry.keepalive().withoutCalls(), builder::keepAliveWithoutCalls);
  }
}
