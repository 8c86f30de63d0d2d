package dev.platform.starter.request;

import java.util.Collection;
import java.util.List;
import net.devh.boot.grpc.server.service.GrpcServiceDefinition;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Puts {@link IncomingRequests} in front of all services that are found, whoever finds them. */
final class ReadServices implements BeanPostProcessor {

  private final ObjectProvider<IncomingRequests> requests;

  ReadServices(ObjectProvider<IncomingRequests> requests) {
    this.requests = requests;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof GrpcServiceDiscoverer services
        ? (GrpcServiceDiscoverer) () -> read(services.findGrpcServices())
        : bean;
  }

  private Collection<GrpcServiceDefinition> read(Collection<GrpcServiceDefinition> services) {
    List<GrpcServiceDefinition> read =
        services.stream()
            .map(
                service ->
                    new GrpcServiceDefinition(
                        service.getBeanName(),
                        service.getBeanClazz(),
                        requests.getObject().inFrontOf(service.getDefinition())))
            .toList();
    return read;
  }
}
