package dev.platform.core.start;

import dev.platform.core.call.ClientNameInterceptor;
import dev.platform.core.concurrent.HandlerPool;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * The servers of one warm-up, with a channel each. A random token keeps everybody else out.
 * Thread-safe.
 */
final class WarmUpServers implements AutoCloseable {

  private static final int HANDLER_THREADS = 16;
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("platform-warm-up", Metadata.ASCII_STRING_MARSHALLER);

  private final WarmUpChains chains;
  private final String token = UUID.randomUUID().toString();
  // guarded by this
  private final Deque<Runnable> opened = new ArrayDeque<>();
  private boolean closed;

  WarmUpServers(WarmUpChains chains) {
    this.chains = chains;
  }

  /**
   * Serves these at a port of their own.
   *
   * @throws IOException if no port can be bound
   * @throws IllegalStateException if the warm-up has ended
   */
  synchronized Channel serve(BindableService... services) throws IOException {
    if (closed) {
      throw new IllegalStateException("The warm-up has ended");
    }
    Loopback loopback = Loopback.available();
    HandlerPool handlers = new HandlerPool(HANDLER_THREADS);
    opened.push(handlers::shutdown);
    ServerBuilder<?> builder =
        loopback.server().executor(handlers).intercept(new TokenServerInterceptor(token));
    for (BindableService service : services) {
      builder.addService(chains.server().around(service.bindService()));
    }
    Server server = builder.build().start();
    opened.push(server::shutdownNow);
    ManagedChannel channel =
        loopback
            .channel(server.getPort())
            .intercept(
                new TokenClientInterceptor(token),
                chains.client(),
                new ClientNameInterceptor("warm-up"))
            .build();
    opened.push(channel::shutdownNow);
    return channel;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }

  private record TokenServerInterceptor(String token) implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (token.equals(headers.get(TOKEN))) {
        return next.startCall(call, headers);
      }
      call.close(Status.PERMISSION_DENIED, new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private record TokenClientInterceptor(String token) implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          headers.put(TOKEN, token);
          super.start(listener, headers);
        }
      };
    }
  }
}
