package dev.platform.starter;

import dev.platform.core.chain.ClientChain;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.chain.ChainOrder;
import dev.platform.spring.check.CalledMethods;
import dev.platform.spring.client.ChannelProvider;
import io.grpc.ClientInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import net.devh.boot.grpc.client.inject.StubTransformer;
import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** The platform on net.devh's gRPC clients. */
@AutoConfiguration
public final class ClientAutoConfiguration {

  /** Not the chain itself: net.devh rejects an interceptor that is two beans. */
  @Bean
  @Order(ChainOrder.CLIENT)
  @GrpcGlobalClientInterceptor
  ClientInterceptor platformClientInterceptor(ClientChain chain) {
    return chain::interceptCall;
  }

  /** Before others, so that what the application sets on a channel wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  GrpcChannelConfigurer resolverChannelConfigurer(
      ResolverContext context, GrpcChannelsProperties channels, Environment environment) {
    OwnPolicies policies = new OwnPolicies(channels, environment);
    return (builder, name) -> {
      if (builder instanceof InProcessChannelBuilder) {
        return;
      }
      context.resolve(builder);
      policies
          .of(name)
          .ifPresent(own -> builder.setNameResolverArg(ResolverContext.LOAD_BALANCING, own));
    };
  }

  /** Before others, so that what the application sets on a channel wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  GrpcChannelConfigurer transportChannelConfigurer(
      TransportSecurity security, GrpcChannelsProperties channels, Environment environment) {
    return new SecuredChannels(security, channels, environment);
  }

  @Bean
  static NamedChannels namedChannels(ObjectProvider<GrpcChannelsProperties> channels) {
    return new NamedChannels(channels);
  }

  @Bean
  ChannelProvider channelProvider(ObjectProvider<GrpcChannelFactory> channels) {
    return target -> channels.getObject().createChannel(target);
  }

  @Bean
  static StubTransformer calledMethodsTransformer(CalledMethods called) {
    return (client, stub) -> {
      called.add(client, stub);
      return stub;
    };
  }
}
