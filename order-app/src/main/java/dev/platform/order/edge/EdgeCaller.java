package dev.platform.order.edge;

import dev.platform.core.identity.CallerIdentity;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.InputStream;

/**
 * Hands the user of a request over HTTP to the in-process server: a reference to an object in this
 * JVM, which no bytes from a network can be. Nothing but the in-process server reads it.
 */
final class EdgeCaller {

  private static final Metadata.Key<CallerIdentity> KEY =
      Metadata.Key.of("mall-edge-caller" + Metadata.BINARY_HEADER_SUFFIX, new ByReference());

  private EdgeCaller() {}

  /** Sends the caller of the current request, for the channel to the in-process server. */
  static ClientInterceptor sender() {
    return new Sender();
  }

  /** Puts it into the context of the call, for the in-process server. */
  static ServerInterceptor receiver() {
    return new Receiver();
  }

  private static final class Sender implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      CallerIdentity caller = CallerIdentity.current();
      if (caller.user().isEmpty()) {
        return next.newCall(method, options);
      }
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

        @Override
        public void start(Listener<A> listener, Metadata headers) {
          headers.put(KEY, caller);
          super.start(listener, headers);
        }
      };
    }
  }

  private static final class Receiver implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      CallerIdentity caller = headers.get(KEY);
      headers.discardAll(KEY);
      return caller == null || caller.user().isEmpty()
          ? next.startCall(call, headers)
          : Contexts.interceptCall(caller.attachedTo(Context.current()), call, headers, next);
    }
  }

  /** In process, the stream that was written is the stream that is read. */
  private static final class ByReference
      implements Metadata.BinaryStreamMarshaller<CallerIdentity> {

    @Override
    public InputStream toStream(CallerIdentity caller) {
      return new Reference(caller);
    }

    @Override
    public CallerIdentity parseStream(InputStream stream) {
      return stream instanceof Reference reference ? reference.caller : CallerIdentity.anonymous();
    }
  }

  /** Empty for whoever reads its bytes. */
  private static final class Reference extends InputStream {

    private final CallerIdentity caller;

    Reference(CallerIdentity caller) {
      this.caller = caller;
    }

    @Override
    public int read() {
      return -1;
    }
  }
}
