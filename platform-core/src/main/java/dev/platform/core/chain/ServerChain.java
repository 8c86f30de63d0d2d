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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

  /**
   * Keeps the chain in front of each handler: gRPC has one for each method. A framework that makes
   * one for each call gets a chain for each call.
   */
  private static final class Inner implements ServerInterceptor {

    private static final int MOST = 1000;

    private final ServerInterceptor[] interceptors;
    private final Map<ServerCallHandler<?, ?>, ServerCallHandler<?, ?>> chains =
        new ConcurrentHashMap<>();

    Inner(ServerInterceptor[] interceptors) {
      this.interceptors = interceptors;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return inFrontOf(next).startCall(call, headers);
    }

    @SuppressWarnings("unchecked") // the chain's types are those of its handler
    private <Q, A> ServerCallHandler<Q, A> inFrontOf(ServerCallHandler<Q, A> handler) {
      ServerCallHandler<?, ?> known = chains.get(handler);
      if (known == null) {
        known = Rest.of(interceptors, handler);
        if (chains.size() < MOST) {
          chains.put(handler, known);
        }
      }
      return (ServerCallHandler<Q, A>) known;
    }
  }

  private record Rest<Q, A>(ServerInterceptor first, ServerCallHandler<Q, A> next)
      implements ServerCallHandler<Q, A> {

    static <Q, A> ServerCallHandler<Q, A> of(
        ServerInterceptor[] interceptors, ServerCallHandler<Q, A> handler) {
      ServerCallHandler<Q, A> chain = handler;
      for (int i = interceptors.length - 1; i >= 0; i--) {
        chain = new Rest<>(interceptors[i], chain);
      }
      return chain;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers) {
      return first.interceptCall(call, headers, next);
    }
  }
}
