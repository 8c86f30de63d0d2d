package dev.platform.spring.gateway;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;

/**
 * Lets Spring Cloud Gateway start beside {@code grpc-netty-shaded}. It takes every application with
 * gRPC for one with {@code grpc-netty}, which its filter {@code JsonToGrpc} needs.
 */
@AutoConfiguration
@ConditionalOnClass(
    name = "org.springframework.cloud.gateway.filter.factory.JsonToGrpcGatewayFilterFactory")
@ConditionalOnMissingClass("io.grpc.netty.NettyChannelBuilder")
public final class GatewayGrpcAutoConfiguration {

  @Bean
  static GatewayGrpcBeans gatewayGrpcBeans() {
    return new GatewayGrpcBeans();
  }
}
