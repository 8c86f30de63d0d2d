package dev.platform.core.chain;

import dev.platform.core.call.CallListener;
import dev.platform.core.call.ClientCallRecord;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/**
 * Sends the name of this application in the header {@code platform-caller}, unless the call has
 * one. Needs a {@link dev.platform.core.call.CallRecorder} outside. Thread-safe, never blocks.
 */
public final class CallerClientInterceptor implements ClientInterceptor {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("platform-caller", Metadata.ASCII_STRING_MARSHALLER);

  private final CallListener sender;

  public CallerClientInterceptor(String name) {
    this.sender =
        new CallListener() {
          @Override
          public void callStarted(ClientCallRecord call, Metadata headers) {
            if (!headers.containsKey(HEADER)) {
              headers.put(HEADER, name);
            }
          }
        };
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    ClientCallRecord.of(options).listen(sender);
    return next.newCall(method, options);
  }
}
