package dev.platform.benchmarks;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import net.devh.boot.grpc.server.service.GrpcService;

/**
 * A process whose handler works on twenty calls at a time, for ten milliseconds each, as if it had
 * so many connections to a database. Prints {@code port N} when it serves; for each line of its
 * input a line with what its handler has done; exits at the end of its input.
 */
final class OverloadServer {

  static final int AT_ONCE = 20;
  static final long HANDLER_MILLIS = 10;

  private static final AtomicLong BEGUN = new AtomicLong();
  private static final AtomicLong BEGUN_IN_VAIN = new AtomicLong();
  private static final AtomicLong ENDED_IN_VAIN = new AtomicLong();

  private OverloadServer() {}

  /**
   * @param arguments {@code none} for no limit, {@code gradient2} for Netflix's, {@code platform};
   *     Spring's arguments
   */
  public static void main(String[] arguments) throws IOException {
    List<String> spring = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
    spring.add("--management.tracing.sampling.probability=0.1");
    boolean platform = arguments[0].equals("platform");
    spring.add("--platform.resilience.concurrency-limit.mode=" + (platform ? "adaptive" : "off"));
    spring.add("--platform.deadline.refuse-below-usual=" + platform);
    CallServer.announced(
        spring.toArray(String[]::new),
        arguments[0].equals("gradient2")
            ? new Class<?>[] {SlowProducts.class, Gradient2Interceptor.class}
            : new Class<?>[] {SlowProducts.class});
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (input.readLine() != null) {
      System.out.println("did %s %s %s".formatted(BEGUN, BEGUN_IN_VAIN, ENDED_IN_VAIN));
      System.out.flush();
    }
    System.exit(0);
  }

  @GrpcService
  static class SlowProducts extends ProductServiceImplBase {

    private final Semaphore connections = new Semaphore(AT_ONCE, true);

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      connections.acquireUninterruptibly();
      try {
        BEGUN.incrementAndGet();
        if (isGone()) {
          BEGUN_IN_VAIN.incrementAndGet();
        }
        TimeUnit.MILLISECONDS.sleep(HANDLER_MILLIS);
        if (isGone()) {
          ENDED_IN_VAIN.incrementAndGet();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        connections.release();
      }
      answer.onNext(GetProductResponse.getDefaultInstance());
      answer.onCompleted();
    }

    private static boolean isGone() {
      Deadline deadline = Context.current().getDeadline();
      return Context.current().isCancelled() || deadline != null && deadline.isExpired();
    }
  }

  /** Netflix's limit as this platform had it until November 2026. */
  @GrpcGlobalServerInterceptor
  static class Gradient2Interceptor implements ServerInterceptor {

    private static final double NORMAL_SHARE = 0.9;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final Limit limit =
        WindowedLimit.newBuilder()
            .minWindowTime(100, TimeUnit.MILLISECONDS)
            .maxWindowTime(100, TimeUnit.MILLISECONDS)
            .build(
                Gradient2Limit.newBuilder()
                    .initialLimit(50)
                    .minLimit(10)
                    .maxConcurrency(180)
                    .smoothing(0.5)
                    .queueSize(size -> Math.max(4, size / 10))
                    .build());

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
        return next.startCall(call, headers);
      }
      double share = CallPriority.current() == Priority.HIGH ? 1 : NORMAL_SHARE;
      int now = inFlight.incrementAndGet();
      if (now > limit.getLimit() * share) {
        inFlight.decrementAndGet();
        call.close(Status.RESOURCE_EXHAUSTED, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      long startedAt = System.nanoTime();
      ServerCall<Q, A> timed =
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              if (status.isOk() || status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
                long took = System.nanoTime() - startedAt;
                limit.onSample(startedAt, took, now, !status.isOk());
              }
              super.close(status, trailers);
            }
          };
      return new SimpleForwardingServerCallListener<>(next.startCall(timed, headers)) {
        @Override
        public void onComplete() {
          inFlight.decrementAndGet();
          super.onComplete();
        }

        @Override
        public void onCancel() {
          inFlight.decrementAndGet();
          super.onCancel();
        }
      };
    }
  }
}
