package dev.platform.boot4;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import java.time.Duration;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.CompositeGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * Shortens the 30 s that a channel may take to close in Spring, for which there is no property. The
 * server's calls have ended already; this is the time for calls of the application's own. gRPC
 * keeps a removed address for 5 s, which the shutdown should not wait for.
 */
final class ShutdownGrace implements BeanPostProcessor {

  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration SPRINGS = ChannelBuilderOptions.defaults().shutdownGracePeriod();

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof CompositeGrpcChannelFactory channels ? new Shortened(channels) : bean;
  }

  private record Shortened(GrpcChannelFactory channels) implements GrpcChannelFactory {

    @Override
    public boolean supports(String target) {
      return channels.supports(target);
    }

    @Override
    public boolean supports(ClientInterceptor interceptor) {
      return channels.supports(interceptor);
    }

    @Override
    public ManagedChannel createChannel(String target, ChannelBuilderOptions options) {
      return channels.createChannel(
          target,
          options.shutdownGracePeriod().equals(SPRINGS)
              ? options.withShutdownGracePeriod(GRACE)
              : options);
    }
  }
}
