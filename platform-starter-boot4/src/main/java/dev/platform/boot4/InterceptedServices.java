package dev.platform.boot4;

import dev.platform.core.chain.ServerChain;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;

/**
 * Puts the chain's outer group around all global interceptors of a service, including Spring's
 * security, on every server.
 */
final class InterceptedServices implements BeanPostProcessor {

  private final ObjectProvider<ServerChain> chain;

  InterceptedServices(ObjectProvider<ServerChain> chain) {
    this.chain = chain;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof GrpcServiceConfigurer services
        ? (GrpcServiceConfigurer)
            (service, server) -> chain.getObject().outside(services.configure(service, server))
        : bean;
  }
}
