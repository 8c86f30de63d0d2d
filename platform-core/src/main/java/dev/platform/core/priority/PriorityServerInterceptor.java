package dev.platform.core.priority;

import dev.platform.core.identity.CallerIdentity;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessSocketAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives the work for a call its priority: the one that the call brings, from a caller who is
 * believed, else the one that is set for its method. A call within the process is believed. Others'
 * headers are ignored: anybody could call himself urgent. Needs authentication outside.
 * Thread-safe, never blocks.
 */
public final class PriorityServerInterceptor implements ServerInterceptor {

  private final PrioritySettings settings;
  private final ConcurrentMap<String, Optional<Priority>> methods = new ConcurrentHashMap<>();

  public PriorityServerInterceptor(PrioritySettings settings) {
    this.settings = settings;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Priority priority = Priority.of(headers.get(CallPriority.HEADER));
    if (priority == null || !isBelieved(call)) {
      priority = ofMethod(call.getMethodDescriptor());
    }
    return priority == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(CallPriority.in(Context.current(), priority), call, headers, next);
  }

  private boolean isBelieved(ServerCall<?, ?> call) {
    if (call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
        instanceof InProcessSocketAddress) {
      return true;
    }
    String workload = CallerIdentity.current().workload().orElse(null);
    return workload == null
        ? settings.trustsHeader()
        : settings.workloads().isEmpty() || settings.workloads().contains(workload);
  }

  private @Nullable Priority ofMethod(MethodDescriptor<?, ?> method) {
    if (settings.methods().isEmpty()) {
      return null;
    }
    Optional<Priority> known = methods.get(method.getFullMethodName());
    if (known == null) {
      known =
          methods.computeIfAbsent(
              method.getFullMethodName(),
              name ->
                  Optional.ofNullable(
                      settings.priority(name, String.valueOf(method.getServiceName()))));
    }
    return known.orElse(null);
  }
}
