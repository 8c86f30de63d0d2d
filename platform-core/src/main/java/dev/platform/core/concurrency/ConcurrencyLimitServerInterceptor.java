package dev.platform.core.concurrency;

import dev.platform.core.outcome.Rejection;
import dev.platform.core.priority.Priority;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Refuses unary calls over the limit before a handler runs, with a pushback that forbids retries: a
 * retry would only add to the overload. Calls of low priority are refused first: the priority is
 * that of the method or that of the call, whichever is lower. Never blocks.
 */
public final class ConcurrencyLimitServerInterceptor implements ServerInterceptor {

  private final ConcurrencyLimit limit;
  private final ConcurrencyLimitSettings properties;
  private final MeterRegistry meters;
  private final LongSupplier nanos;
  private final ConcurrentMap<String, Optional<LimitedMethod>> methods = new ConcurrentHashMap<>();

  public ConcurrencyLimitServerInterceptor(
      ConcurrencyLimit limit,
      ConcurrencyLimitSettings properties,
      MeterRegistry meters,
      LongSupplier nanos) {
    this.limit = limit;
    this.properties = properties;
    this.meters = meters;
    this.nanos = nanos;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    LimitedMethod method = method(call.getMethodDescriptor());
    if (method == null) {
      return next.startCall(call, headers);
    }
    Priority priority = method.priority();
    int inFlight = limit.enter(properties.shares().of(priority));
    if (inFlight == 0) {
      call.close(method.refuse(priority), Rejection.CONCURRENCY_LIMIT.trailers());
      return new ServerCall.Listener<>() {};
    }
    AdmittedCall<Q, A> admitted =
        new AdmittedCall<>(call, limit, method, inFlight, Context.current().getDeadline(), nanos);
    try {
      return admitted.listen(next.startCall(admitted, headers));
    } catch (RuntimeException | Error e) {
      limit.leave();
      throw e;
    }
  }

  private @Nullable LimitedMethod method(MethodDescriptor<?, ?> descriptor) {
    Optional<LimitedMethod> method = methods.get(descriptor.getFullMethodName());
    if (method == null) {
      method = methods.computeIfAbsent(descriptor.getFullMethodName(), name -> of(descriptor));
    }
    return method.orElse(null);
  }

  private Optional<LimitedMethod> of(MethodDescriptor<?, ?> descriptor) {
    String service = String.valueOf(descriptor.getServiceName());
    if (descriptor.getType() != MethodType.UNARY || service.startsWith("grpc.")) {
      return Optional.empty();
    }
    String name = descriptor.getFullMethodName();
    return Optional.of(new LimitedMethod(name, properties.priority(name, service), meters));
  }
}
