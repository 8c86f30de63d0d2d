package dev.platform.boot4;

import dev.platform.core.chain.ServerChain;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.chain.ChainOrder;
import dev.platform.spring.check.ConfigurationRule;
import dev.platform.spring.check.ServedMethods;
import dev.platform.spring.server.ServerExecutor;
import dev.platform.spring.server.ServerExecutorAutoConfiguration;
import dev.platform.spring.server.ServerListener;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.grpc.server.GlobalServerInterceptor;
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
    return threads::executor;
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

  private static Collection<ServerServiceDefinition> services(
      @Nullable GrpcServiceDiscoverer known) {
    return known == null
        ? List.of()
        : known.findServices().stream().map(found -> found.service().bindService()).toList();
  }
}
