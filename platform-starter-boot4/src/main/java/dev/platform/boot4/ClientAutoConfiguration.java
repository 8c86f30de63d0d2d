package dev.platform.boot4;

import dev.platform.core.chain.ClientChain;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.chain.ChainOrder;
import dev.platform.spring.check.CalledMethods;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.client.ChannelProvider;
import io.grpc.ClientInterceptor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcChannelFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.DefaultGrpcChannelFactory;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.InProcessGrpcChannelFactory;

/** The platform on Spring's own gRPC clients. */
@AutoConfiguration
public final class ClientAutoConfiguration {

  /** Not the chain itself: Spring would apply one object that is two beans twice. */
  @Bean
  @Order(ChainOrder.CLIENT)
  @GlobalClientInterceptor
  ClientInterceptor platformClientInterceptor(ClientChain chain) {
    return chain::interceptCall;
  }

  /** Before others, so that targets of the application's own win. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  GrpcChannelFactoryCustomizer discoveredTargetsCustomizer(Environment environment) {
    return factory -> {
      if (factory instanceof DefaultGrpcChannelFactory<?> channels
          && !(factory instanceof InProcessGrpcChannelFactory)) {
        channels.setVirtualTargets(new DiscoveredTargets(environment));
      }
    };
  }

  /** Before others, so that what the application sets on a channel wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ResolvedChannels<?> resolvedChannelsCustomizer(ResolverContext context, Environment environment) {
    return new ResolvedChannels<>(context, environment);
  }

  @Bean
  static SecuredChannels securedChannels(
      ObjectProvider<TransportSecurity> security, Environment environment) {
    return new SecuredChannels(security, environment);
  }

  @Bean
  ChannelProvider channelProvider(ObjectProvider<GrpcChannelFactory> channels) {
    return target -> channels.getObject().createChannel(target);
  }

  @Bean
  ConfigurationRule channelRule(Environment environment) {
    return new ChannelRule(environment);
  }

  @Bean
  static CalledStubs calledStubs(ObjectProvider<CalledMethods> called) {
    return new CalledStubs(called);
  }

  @Bean
  static ShutdownGrace channelShutdownGrace() {
    return new ShutdownGrace();
  }
}
