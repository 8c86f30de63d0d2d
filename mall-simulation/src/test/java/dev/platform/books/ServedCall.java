package dev.platform.books;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A unary call at its server, with the answer that it came to. */
final class ServedCall<Q, A> extends ServerCall<Q, A> {

  private final MethodDescriptor<Q, A> method;
  private @Nullable A message;
  private Status status = Status.UNKNOWN.withDescription("not closed");
  private Metadata trailers = new Metadata();

  private ServedCall(MethodDescriptor<Q, A> method) {
    this.method = method;
  }

  /** Has a call handled by the process that serves it. */
  static <Q, A> ServedCall<Q, A> serve(Fleet fleet, MethodDescriptor<Q, A> method, Q request) {
    AppProcess process = fleet.process(App.of(String.valueOf(method.getServiceName())));
    ServedCall<Q, A> call = new ServedCall<>(method);
    Throwable failure = fleet.run(process, callee -> call.handle(callee, request));
    if (process.isDead()) {
      call.close(Status.UNAVAILABLE.withDescription("the connection is lost"), new Metadata());
    } else if (failure != null) {
      call.close(process, failure);
    } else if (call.status.getCode() == Status.Code.UNKNOWN && call.status.getCause() != null) {
      // A handler may pass its failure to the observer.
      call.close(process, call.status.getCause());
    }
    return call;
  }

  @SuppressWarnings("unchecked")
  private void handle(AppProcess process, Q request) {
    ServerMethodDefinition<Q, A> definition =
        (ServerMethodDefinition<Q, A>) process.method(method.getFullMethodName());
    ServerCall.Listener<Q> handler =
        definition.getServerCallHandler().startCall(this, new Metadata());
    handler.onMessage(request);
    handler.onHalfClose();
  }

  private void close(AppProcess process, Throwable failure) {
    StatusException mapped = process.mapping().toStatus(failure, method);
    Metadata details = mapped.getTrailers();
    close(mapped.getStatus(), details == null ? new Metadata() : details);
  }

  /** Passes the answer on as the wire does, without causes. */
  void answer(ClientCall.Listener<A> listener) {
    if (status.isOk()) {
      listener.onHeaders(new Metadata());
      listener.onMessage(Objects.requireNonNull(message));
    }
    listener.onClose(
        Status.fromCode(status.getCode()).withDescription(status.getDescription()), trailers);
  }

  @Override
  public void request(int messages) {}

  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(A answer) {
    message = answer;
  }

  @Override
  public void close(Status end, Metadata details) {
    status = end;
    trailers = details;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }

  @Override
  public Attributes getAttributes() {
    return Attributes.EMPTY;
  }
}
