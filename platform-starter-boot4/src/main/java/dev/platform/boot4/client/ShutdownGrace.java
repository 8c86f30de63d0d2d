package dev.platform.boot4.client;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import java.time.Duration;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.CompositeGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * Shortens Spring's 30 s that a channel may take to close, which no property says. The server's
 * calls have ended before; what the application still calls on its own has this long. gRPC keeps an
 * address that left for 5 s, which nobody should wait for.
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
