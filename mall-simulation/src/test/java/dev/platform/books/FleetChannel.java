package dev.platform.books;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls within a fleet, on the caller's thread: the service's handler runs between the request and
 * its answer. Each call is a step of its caller.
 */
final class FleetChannel extends Channel {

  private static final CircuitBreaker BREAKER = CircuitBreaker.ofDefaults("books");

  private final Fleet fleet;
  private final @Nullable AppProcess caller;

  /**
   * @param caller null for somebody outside, whose calls are no steps
   */
  FleetChannel(Fleet fleet, @Nullable AppProcess caller) {
    this.fleet = fleet;
    this.caller = caller;
  }

  @Override
  public String authority() {
    return "mall";
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return new Call<>(method);
  }

  /** Makes the call; whatever it comes to, the listener has it when this returns. */
  private <Q, A> void make(
      MethodDescriptor<Q, A> method, Q request, ClientCall.Listener<A> listener) {
    Choice choice = chosen(method);
    if (choice == Choice.CUT_BEFORE) {
      throw Objects.requireNonNull(caller).cut();
    }
    if (choice == Choice.NOT_SENT) {
      fail(listener, Status.UNAVAILABLE.withDescription("the breaker is open").withCause(open()));
      return;
    }
    if (choice == Choice.REQUEST_LOST) {
      fail(listener, Status.DEADLINE_EXCEEDED);
      return;
    }
    if (choice == Choice.LATE || choice == Choice.VERY_LATE) {
      fleet.history().later(choice, () -> ServedCall.serve(fleet, method, request));
      fail(listener, Status.DEADLINE_EXCEEDED);
      return;
    }
    ServedCall<Q, A> served = ServedCall.serve(fleet, method, request);
    fleet.history().served(method.getFullMethodName());
    if (caller != null) {
      if (choice == Choice.CUT_AFTER) {
        throw caller.cut();
      }
      caller.requireAlive();
    }
    if (choice == Choice.ANSWER_LOST) {
      fail(listener, Status.DEADLINE_EXCEEDED);
      return;
    }
    served.answer(listener);
  }

  private @Nullable Choice chosen(MethodDescriptor<?, ?> method) {
    if (caller == null) {
      return null;
    }
    caller.requireAlive();
    Choice planned = caller.before(Step.Kind.CALL, method.getFullMethodName(), false, 0);
    Choice told = fleet.history().onCall(method.getFullMethodName());
    return planned == null ? told : planned;
  }

  private static Throwable open() {
    return CallNotPermittedException.createCallNotPermittedException(BREAKER);
  }

  private static void fail(ClientCall.Listener<?> listener, Status status) {
    listener.onClose(status, new Metadata());
  }

  private final class Call<Q, A> extends ClientCall<Q, A> {

    private final MethodDescriptor<Q, A> method;
    private @Nullable Listener<A> listener;
    private @Nullable Q request;

    Call(MethodDescriptor<Q, A> method) {
      this.method = method;
    }

    @Override
    public void start(Listener<A> responseListener, Metadata headers) {
      listener = responseListener;
    }

    @Override
    public void sendMessage(Q message) {
      request = message;
    }

    @Override
    public void halfClose() {
      make(method, Objects.requireNonNull(request), Objects.requireNonNull(listener));
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}
  }
}
