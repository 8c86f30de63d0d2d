package dev.platform.boot4;

import dev.platform.core.chain.ServerChain;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.chain.ChainOrder;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.ServedMethods;
import dev.platform.spring.server.ConnectionProperties;
import dev.platform.spring.server.ServerExecutor;
import dev.platform.spring.server.ServerExecutorAutoConfiguration;
import dev.platform.spring.server.ServerListener;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.grpc.server.service.GrpcServiceDiscoverer;

/** The platform on Spring's own gRPC server. */
@AutoConfiguration(after = ServerExecutorAutoConfiguration.class)
public final class ServerAutoConfiguration {

  @Bean
  @Order(ChainOrder.SERVER)
  @GlobalServerInterceptor
  ServerInterceptor platformServerInterceptor(ServerChain chain) {
    return chain.inside();
  }

  @Bean
  static InterceptedServices interceptedServices(ObjectProvider<ServerChain> chain) {
    return new InterceptedServices(chain);
  }

  /** An executor that the application sets on the server's builder wins. */
  @Bean
  @ConditionalOnBean(ServerExecutor.class)
  @ConditionalOnMissingBean
  GrpcServerExecutorProvider serverExecutorProvider(ServerExecutor threads) {
    return new PlatformThreads(threads);
  }

  /** Spring sets the executor alone. Before others, so that what the application sets wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  <T extends ServerBuilder<T>> ServerBuilderCustomizer<T> serverExecutorCustomizer(
      ObjectProvider<GrpcServerExecutorProvider> provider) {
    return server -> {
      if (provider.getIfUnique() instanceof PlatformThreads own) {
        own.threads().applyTo(server);
      }
    };
  }

  /** Before others, so that what the application sets wins. */
  @Bean
  @ConditionalOnClass(NettyServerBuilder.class)
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ServerBuilderCustomizer<NettyServerBuilder> connectionCustomizer(
      ConnectionProperties connections) {
    return new ConnectionCustomizer(connections);
  }

  @Bean
  static SecuredServers securedServers(
      ObjectProvider<TransportSecurity> security, Environment environment) {
    return new SecuredServers(security, environment);
  }

  @Bean
  IdentifiedPeers<?> identifiedPeers(TransportSecurity security) {
    return new IdentifiedPeers<>(security);
  }

  @Bean
  ServerEvents serverEvents(ObjectProvider<ServerListener> listeners) {
    return new ServerEvents(listeners);
  }

  @Bean
  ServedMethods servedMethods(ObjectProvider<GrpcServiceDiscoverer> discoverer) {
    return new ServedMethods(() -> services(discoverer.getIfAvailable()));
  }

  @Bean
  ConfigurationRule replacedPropertiesRule(Environment environment) {
    return new ReplacedPropertiesRule(environment);
  }

  private record PlatformThreads(ServerExecutor threads) implements GrpcServerExecutorProvider {

    @Override
    public Executor getExecutor() {
      return threads.executor();
    }
  }

  /** A class, since a lambda's type argument is not known at run time. */
  private record ConnectionCustomizer(ConnectionProperties connections)
      implements ServerBuilderCustomizer<NettyServerBuilder> {

    @Override
    public void customize(NettyServerBuilder server) {
      connections.applyTo(server, ConnectionCustomizer::refusal);
      server.maxConcurrentCallsPerConnection(connections.maxCallsOrAny());
    }

    private static Http2Exception refusal() {
      return Http2Exception.connectionError(Http2Error.NO_ERROR, "too many connections");
    }
  }

  private static Collection<ServerServiceDefinition> services(
      @Nullable GrpcServiceDiscoverer known) {
    return known == null
        ? List.of()
        : known.findServices().stream().map(found -> found.service().bindService()).toList();
  }
}
