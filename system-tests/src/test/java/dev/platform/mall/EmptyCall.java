package dev.platform.mall;

import dev.platform.core.outcome.Rejection;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a call with one empty message ended. Contracts allow empty messages, so that every method can
 * be called without knowing it.
 *
 * @param status of the call; OK as soon as there was an answer
 * @param rejection the platform's mark
 */
record EmptyCall(Status status, Optional<Rejection> rejection) {

  private static final long DEADLINE_SECONDS = 20;
  private static final Set<Rejection> REFUSALS =
      EnumSet.of(Rejection.AUTHENTICATION, Rejection.AUTHORIZATION);
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {

        @Override
        public InputStream stream(byte[] message) {
          return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
          return new byte[0];
        }
      };

  /** Starts it; never fails. */
  static CompletableFuture<EmptyCall> start(Channel channel, MethodDescriptor<?, ?> method) {
    MethodDescriptor<byte[], byte[]> raw =
        method.toBuilder(BYTES, BYTES).setSampledToLocalTracing(false).build();
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            raw, CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
    CompletableFuture<EmptyCall> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {

          @Override
          public void onMessage(byte[] answer) {
            end.complete(new EmptyCall(Status.OK, Optional.empty()));
            call.cancel("it was answered", null);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(new EmptyCall(status, Rejection.of(trailers)));
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(new byte[0]);
    call.halfClose();
    return end;
  }

  /** Whether security refused it. */
  boolean isRefused() {
    return rejection.filter(REFUSALS::contains).isPresent();
  }

  /** The code of a refusal; OK if the call got past authorization; null if it did not get there. */
  Status.@Nullable Code decision() {
    if (isRefused()) {
      return status.getCode();
    }
    return status.getCode() == Status.Code.UNAVAILABLE
            || status.getCode() == Status.Code.DEADLINE_EXCEEDED
        ? null
        : Status.Code.OK;
  }
}
