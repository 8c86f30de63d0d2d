package dev.platform.spring.check;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.AbstractStub;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which services this application has stubs of, and so which methods it may call. Channels that the
 * application makes itself are not known here. Thread-safe.
 */
public final class CalledMethods {

  private final Map<String, Boolean> clients = new ConcurrentHashMap<>();
  private final Map<String, Boolean> names = new ConcurrentHashMap<>();
  private final Map<String, MethodDescriptor<?, ?>> methods = new ConcurrentHashMap<>();

  /** A stub was made for the client of this name. */
  public void add(String client, AbstractStub<?> stub) {
    clients.put(client, true);
    Class<?> generated = stub.getClass().getEnclosingClass();
    if (generated != null) {
      learn(generated);
    }
  }

  /** The services that have a client, by the names of {@code @GrpcClient}. */
  Set<String> clients() {
    return new TreeSet<>(clients.keySet());
  }

  /** {@code package.Service} and {@code package.Service/Method} of all that may be called. */
  Set<String> names() {
    return new TreeSet<>(names.keySet());
  }

  /** All methods that may be called, as far as they are known. */
  List<MethodDescriptor<?, ?>> methods() {
    return List.copyOf(methods.values());
  }

  /** One of them, or all of a service; none where it is not known. */
  List<MethodDescriptor<?, ?>> methods(String name) {
    return methods().stream()
        .filter(
            method ->
                name.equals(method.getFullMethodName()) || name.equals(method.getServiceName()))
        .toList();
  }

  /** What protoc's plugin generates has a descriptor; other stubs stay unknown. */
  private void learn(Class<?> generated) {
    try {
      Method descriptor = generated.getMethod("getServiceDescriptor");
      ServiceDescriptor service = (ServiceDescriptor) descriptor.invoke(null);
      names.put(service.getName(), true);
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        names.put(method.getFullMethodName(), true);
        methods.put(method.getFullMethodName(), method);
      }
    } catch (ReflectiveOperationException e) {
      // Another generator's: its names are not checked against.
      names.put("*", true);
    }
  }
}
