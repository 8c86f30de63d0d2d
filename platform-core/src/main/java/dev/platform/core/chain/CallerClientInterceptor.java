package dev.platform.core.chain;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Sends the name of this application in the header {@code platform-caller}, unless the call has
 * one. Thread-safe, never blocks.
 */
public final class CallerClientInterceptor implements ClientInterceptor {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("platform-caller", Metadata.ASCII_STRING_MARSHALLER);

  private final String name;

  public CallerClientInterceptor(String name) {
    this.name = name;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

      @Override
      public void start(Listener<A> listener, Metadata headers) {
        if (!headers.containsKey(HEADER)) {
          headers.put(HEADER, name);
        }
        super.start(listener, headers);
      }
    };
  }
}
