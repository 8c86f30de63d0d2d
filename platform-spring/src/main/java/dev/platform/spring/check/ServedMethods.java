package dev.platform.spring.check;

import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The methods of this application's gRPC server. */
public final class ServedMethods {

  private final Supplier<Collection<ServerServiceDefinition>> services;

  /**
   * @param services read on demand; none without a server
   */
  public ServedMethods(Supplier<Collection<ServerServiceDefinition>> services) {
    this.services = services;
  }

  /**
   * The names of all methods and services: {@code package.Service/Method} and {@code
   * package.Service}.
   */
  public Set<String> names() {
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
