package dev.platform.core.drain;

import dev.platform.core.request.CallEnd;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tracks the in-flight calls of this process's gRPC server, and ends its streams when the server
 * stops. Health watches are left to the health service, which reports NOT_SERVING on them.
 * Thread-safe.
 */
public final class OpenCalls implements ServerInterceptor {

  private static final Status USE_ANOTHER_SERVER =
      Status.UNAVAILABLE.withDescription("this server is shutting down, use another one");

  private static final Status TIMED_OUT =
      Status.UNAVAILABLE.withDescription(
          "this server is shutting down and the call did not end in time");

  private final Set<OpenCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private final Consumer<OpenCall<?, ?>> whenEnded = calls::remove;
  private volatile boolean ending;

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    OpenCall<Q, A> open = new OpenCall<>(call, whenEnded);
    calls.add(open);
    CallEnd.offer(call, open::end);
    try {
      Listener<Q> listener = open.listen(next.startCall(open, headers));
      if (ending && isStream(open)) {
        open.end(USE_ANOTHER_SERVER);
      }
      return listener;
    } catch (RuntimeException | Error e) {
      calls.remove(open);
      throw e;
    }
  }

  /** Ends current streams, and later ones as they start. */
  void endStreams() {
    ending = true;
    calls.stream().filter(OpenCalls::isStream).forEach(call -> call.end(USE_ANOTHER_SERVER));
  }

  /** Ends all calls. If gRPC itself ended them, callers would see CANCELLED. */
  void terminateAll() {
    calls.forEach(call -> call.end(TIMED_OUT));
  }

  /** The number of in-flight calls, by method. */
  Map<String, Integer> byMethod() {
    Map<String, Integer> counts = new TreeMap<>();
    calls.forEach(
        call -> counts.merge(call.getMethodDescriptor().getFullMethodName(), 1, Integer::sum));
    return counts;
  }

  public int size() {
    return calls.size();
  }

  private static boolean isStream(OpenCall<?, ?> call) {
    return call.getMethodDescriptor().getType() != MethodType.UNARY;
  }
}
