package dev.platform.core.request;

import dev.platform.core.concurrent.Threads;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps services, outside of all interceptors, and ends calls with an invalid request. One thread
 * checks several times per timeout for overdue calls, so a call needs no timer. Thread-safe.
 */
public final class IncomingRequests implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(IncomingRequests.class);
  private static final long CHECKS_PER_TIMEOUT = 10;

  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final Set<IncomingRequest<?, ?>> waiting = ConcurrentHashMap.newKeySet();
  private final Consumer<IncomingRequest<?, ?>> whenNotWaiting = waiting::remove;
  private final ScheduledExecutorService timer;

  /**
   * @param timeout how long a call may wait for its caller; zero for no limit
   * @param nanoTime monotonic time in nanoseconds
   */
  public IncomingRequests(Duration timeout, LongSupplier nanoTime, Threads threads) {
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.timer = threads.timer("platform-requests");
  }

  /** Starts to check for overdue calls; until {@link #close}. */
  public void start() {
    if (!timeout.isZero()) {
      long pause = Math.min(TimeUnit.SECONDS.toNanos(1), timeout.toNanos() / CHECKS_PER_TIMEOUT);
      timer.scheduleWithFixedDelay(
          () -> waiting.forEach(IncomingRequests::check), pause, pause, TimeUnit.NANOSECONDS);
    }
  }

  private static void check(IncomingRequest<?, ?> request) {
    try {
      request.endIfOverdue();
    } catch (RuntimeException e) {
      // A failure of one must not stop the checks of all others.
      log.warn("A call that waits for its caller can't be ended: {}", e.toString());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** The same service, whose handlers see only valid requests. */
  public ServerServiceDefinition inFrontOf(ServerServiceDefinition service) {
    ServiceDescriptor known = service.getServiceDescriptor();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(known.getName())
            .setSchemaDescriptor(known.getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> read = inFrontOf(method);
      descriptor.addMethod(read.getMethodDescriptor());
      methods.add(read);
    }
    ServerServiceDefinition.Builder read = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(read::addMethod);
    return read.build();
  }

  private <Q, A> ServerMethodDefinition<ReadMessage<Q>, A> inFrontOf(
      ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> known = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        known.toBuilder(
                ReadMessage.marshaller(known.getRequestMarshaller()), known.getResponseMarshaller())
            .build(),
        (call, headers) -> start(call, headers, known, method.getServerCallHandler()));
  }

  private <Q, A> ServerCall.Listener<ReadMessage<Q>> start(
      ServerCall<ReadMessage<Q>, A> call,
      Metadata headers,
      MethodDescriptor<Q, A> method,
      ServerCallHandler<Q, A> next) {
    IncomingRequest<Q, A> request =
        new IncomingRequest<>(call, method, timeout, nanoTime, whenNotWaiting);
    waiting.add(request);
    try {
      return request.listen(next.startCall(request, headers));
    } catch (RuntimeException | Error e) {
      waiting.remove(request);
      throw e;
    }
  }
}
