package dev.platform.starter;

import dev.platform.core.chain.ServerChain;
import dev.platform.core.transport.TransportSecurity;
import dev.platform.spring.chain.ChainOrder;
import dev.platform.spring.check.ServedMethods;
import dev.platform.spring.server.ConnectionProperties;
import dev.platform.spring.server.ServerExecutor;
import dev.platform.spring.server.ServerListener;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import net.devh.boot.grpc.server.service.GrpcServiceDefinition;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The platform on net.devh's gRPC server. */
@AutoConfiguration
public final class ServerAutoConfiguration {

  private static final int MAX_IDLE_MINUTES = 10;

  @Bean
  @Order(ChainOrder.SERVER)
  @GrpcGlobalServerInterceptor
  ServerInterceptor platformServerInterceptor(ServerChain chain) {
    return chain.inside();
  }

  @Bean
  static InterceptedServices interceptedServices(ObjectProvider<ServerChain> chain) {
    return new InterceptedServices(chain);
  }

  /** Before others, so that an executor of the application's own wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  GrpcServerConfigurer serverExecutorConfigurer(ObjectProvider<ServerExecutor> executor) {
    return server -> executor.ifAvailable(threads -> threads.applyTo(server));
  }

  /** Before others, so that what the application sets on its server wins. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  GrpcServerConfigurer transportServerConfigurer(
      TransportSecurity security, GrpcServerProperties properties) {
    return new SecuredServers(security, properties);
  }

  /** Before others, so that what the application sets wins. */
  @Bean
  @ConditionalOnClass(NettyServerBuilder.class)
  @Order(Ordered.HIGHEST_PRECEDENCE)
  GrpcServerConfigurer connectionConfigurer(
      ConnectionProperties connections, GrpcServerProperties properties) {
    return server -> {
      if (server instanceof NettyServerBuilder netty) {
        connections.applyTo(netty, ServerAutoConfiguration::refusal);
        netty.maxConcurrentCallsPerConnection(connections.maxCallsOrAny());
        // Not as a default of the property: net.devh's in-process server refuses that.
        if (properties.getMaxConnectionIdle() == null) {
          netty.maxConnectionIdle(MAX_IDLE_MINUTES, TimeUnit.MINUTES);
        }
      }
    };
  }

  private static Http2Exception refusal() {
    return Http2Exception.connectionError(Http2Error.NO_ERROR, "too many connections");
  }

  @Bean
  ServerEvents serverEvents(ObjectProvider<ServerListener> listeners) {
    return new ServerEvents(listeners);
  }

  @Bean
  ServedMethods servedMethods(ObjectProvider<GrpcServiceDiscoverer> discoverer) {
    return new ServedMethods(
        () -> {
          GrpcServiceDiscoverer known = discoverer.getIfAvailable();
          return known == null
              ? List.of()
              : known.findGrpcServices().stream()
                  .map(GrpcServiceDefinition::getDefinition)
                  .toList();
        });
  }
}
