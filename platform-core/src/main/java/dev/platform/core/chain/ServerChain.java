package dev.platform.core.chain;

import dev.platform.core.request.IncomingRequests;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All interceptors of incoming calls, in the order of {@link ServerStage}: an outer and an inner
 * group, between which a framework puts its security. Thread-safe, never blocks.
 */
public final class ServerChain {

  private final List<ServerInterceptor> outer;
  private final List<ServerInterceptor> inner;
  private final @Nullable IncomingRequests requests;

  /**
   * @param links in any order
   * @param requests checks requests outside all interceptors; null for no checks
   */
  public ServerChain(Collection<ServerLink> links, @Nullable IncomingRequests requests) {
    this.outer = interceptors(links, true);
    this.inner = interceptors(links, false);
    this.requests = requests;
  }

  private static List<ServerInterceptor> interceptors(Collection<ServerLink> links, boolean outer) {
    return links.stream()
        .filter(link -> link.stage().isOuter() == outer)
        .sorted(Comparator.comparing(ServerLink::stage))
        .map(ServerLink::interceptor)
        .toList();
  }

  /** The service inside the outer group. Interceptors that it already has stay inside of that. */
  public ServerServiceDefinition outside(ServerServiceDefinition service) {
    ServerServiceDefinition intercepted = ServerInterceptors.interceptForward(service, outer);
    return requests == null ? intercepted : requests.inFrontOf(intercepted);
  }

  /** The inner group as one interceptor, for the position next to the handler. */
  public ServerInterceptor inside() {
    return new Inner(inner.toArray(new ServerInterceptor[0]));
  }

  /** The service inside both groups, for a server without a framework. */
  public ServerServiceDefinition around(ServerServiceDefinition service) {
    return outside(ServerInterceptors.interceptForward(service, inner));
  }

  private record Inner(ServerInterceptor[] interceptors) implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return new Rest<>(interceptors, 0, next).startCall(call, headers);
    }
  }

  private record Rest<Q, A>(
      ServerInterceptor[] interceptors, int position, ServerCallHandler<Q, A> handler)
      implements ServerCallHandler<Q, A> {

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers) {
      return position == interceptors.length
          ? handler.startCall(call, headers)
          : interceptors[position].interceptCall(
              call, headers, new Rest<>(interceptors, position + 1, handler));
    }
  }
}
