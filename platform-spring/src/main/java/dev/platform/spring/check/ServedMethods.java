package dev.platform.spring.check;

import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Which methods this application's gRPC server has. */
public final class ServedMethods {

  private final Supplier<Collection<ServerServiceDefinition>> services;

  /**
   * @param services asked when somebody wants to know; none without a server
   */
  public ServedMethods(Supplier<Collection<ServerServiceDefinition>> services) {
    this.services = services;
  }

  /** {@code package.Service} and {@code package.Service/Method} of all. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (ServerServiceDefinition service : services.get()) {
      names.add(service.getServiceDescriptor().getName());
      service
          .getMethods()
          .forEach(method -> names.add(method.getMethodDescriptor().getFullMethodName()));
    }
    return names;
  }
}
