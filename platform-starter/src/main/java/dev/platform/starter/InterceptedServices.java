package dev.platform.starter;

import dev.platform.core.chain.ServerChain;
import java.util.Collection;
import java.util.List;
import net.devh.boot.grpc.server.service.GrpcServiceDefinition;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Puts the chain's outer group around the services of every {@link GrpcServiceDiscoverer}. */
final class InterceptedServices implements BeanPostProcessor {

  private final ObjectProvider<ServerChain> chain;

  InterceptedServices(ObjectProvider<ServerChain> chain) {
    this.chain = chain;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof GrpcServiceDiscoverer services
        ? (GrpcServiceDiscoverer) () -> intercepted(services.findGrpcServices())
        : bean;
  }

  private Collection<GrpcServiceDefinition> intercepted(
      Collection<GrpcServiceDefinition> services) {
    List<GrpcServiceDefinition> intercepted =
        services.stream()
            .map(
                service ->
                    new GrpcServiceDefinition(
                        service.getBeanName(),
                        service.getBeanClazz(),
                        chain.getObject().outside(service.getDefinition())))
            .toList();
    return intercepted;
  }
}
