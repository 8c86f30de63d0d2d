package dev.platform.core.fault;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An outgoing call that is never sent and ends with a given status. */
final class AbortedCall<Q, A> extends ClientCall<Q, A> {

  private final Status status;
  private final Metadata trailers;
  private final Executor executor;

  AbortedCall(Status status, Metadata trailers, Executor executor) {
    this.status = status;
    this.trailers = trailers;
    this.executor = executor;
  }

  @Override
  public void start(Listener<A> listener, Metadata headers) {
    executor.execute(Context.current().wrap(() -> listener.onClose(status, trailers)));
  }

  @Override
  public void request(int messages) {}

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {}

  @Override
  public void halfClose() {}

  @Override
  public void sendMessage(Q message) {}
}
