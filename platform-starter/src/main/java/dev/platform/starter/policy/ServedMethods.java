package dev.platform.starter.policy;

import io.grpc.ServerServiceDefinition;
import java.util.Set;
import java.util.TreeSet;
import net.devh.boot.grpc.server.service.GrpcServiceDefinition;
import net.devh.boot.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.beans.factory.ObjectProvider;

/** Which methods this application's gRPC server has. */
final class ServedMethods {

  private final ObjectProvider<GrpcServiceDiscoverer> discoverer;

  ServedMethods(ObjectProvider<GrpcServiceDiscoverer> discoverer) {
    this.discoverer = discoverer;
  }

  /** {@code package.Service} and {@code package.Service/Method} of all; none without a server. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    discoverer.ifAvailable(
        known -> {
          for (GrpcServiceDefinition service : known.findGrpcServices()) {
            ServerServiceDefinition definition = service.getDefinition();
            names.add(definition.getServiceDescriptor().getName());
            definition
                .getMethods()
                .forEach(method -> names.add(method.getMethodDescriptor().getFullMethodName()));
          }
        });
    return names;
  }
}
