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

/**
 * Knows the calls under way in this process's gRPC server, and ends its streams when the server
 * stops. Health watches are left to the health service, which says NOT_SERVING on them.
 * Thread-safe.
 */
public final class OpenCalls implements ServerInterceptor {

  private static final Status GO_ELSEWHERE =
      Status.UNAVAILABLE.withDescription("this server is shutting down, go on with another one");

  private static final Status CUT =
      Status.UNAVAILABLE.withDescription(
          "this server is shutting down and can't wait for the answer any longer");

  private final Set<OpenCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean ending;

  @Override
  public <Q, A> Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    OpenCall<Q, A> open = new OpenCall<>(call, calls::remove);
    calls.add(open);
    CallEnd.offer(call, open::end);
    try {
      Listener<Q> listener = open.listen(next.startCall(open, headers));
      if (ending && isStream(open)) {
        open.end(GO_ELSEWHERE);
      }
      return listener;
    } catch (RuntimeException | Error e) {
      calls.remove(open);
      throw e;
    }
  }

  /** Ends the streams there are and those that may still come. */
  void endStreams() {
    ending = true;
    calls.stream().filter(OpenCalls::isStream).forEach(call -> call.end(GO_ELSEWHERE));
  }

  /** Ends all there are. gRPC's own end would look to callers as if they had cancelled. */
  void cut() {
    calls.forEach(call -> call.end(CUT));
  }

  /** How many calls are under way, by method. */
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
