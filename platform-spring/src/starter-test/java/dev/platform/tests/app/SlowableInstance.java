package dev.platform.tests.app;

import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayImplBase;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.bank.v1.SetBehaviourResponse;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server with a configurable delay; it blocks no thread and counts cancelled calls. */
final class SlowableInstance implements AutoCloseable {

  private static final Metadata.Key<String> ATTEMPTS =
      Metadata.Key.of("platform-retry-attempts", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final Metadata trailers = new Metadata();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final List<String> announcedAttempts = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Server server;
  private volatile Duration pause = Duration.ZERO;
  private volatile Status status = Status.OK;

  SlowableInstance() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Recommendations())
            .addService(new Bank())
            .addService(new HealthStatusManager().getHealthService())
            .intercept(new AnnouncedAttempts())
            .build()
            .start();
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  void answerAfter(Duration time) {
    pause = time;
  }

  void failWith(Status failure, String pushback) {
    trailers.put(PUSHBACK, pushback);
    failWith(failure);
  }

  void failWith(Status failure) {
    status = failure;
  }

  int calls() {
    return calls.get();
  }

  int cancelled() {
    return cancelled.get();
  }

  /** The attempt header of each call; "none" if it is absent. */
  List<String> announcedAttempts() {
    return announcedAttempts;
  }

  void forgetCalls() {
    calls.set(0);
    cancelled.set(0);
    announcedAttempts.clear();
  }

  @Override
  public void close() {
    server.shutdownNow();
    clock.shutdownNow();
  }

  private <A> void answer(StreamObserver<A> observer, A answer) {
    calls.incrementAndGet();
    ServerCallStreamObserver<A> call = (ServerCallStreamObserver<A>) observer;
    call.setOnCancelHandler(cancelled::incrementAndGet);
    clock.schedule(() -> end(call, answer), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <A> void end(ServerCallStreamObserver<A> call, A answer) {
    if (call.isCancelled()) {
      return;
    }
    if (status.isOk()) {
      call.onNext(answer);
      call.onCompleted();
    } else {
      call.onError(status.asRuntimeException(trailers));
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {
    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      answer(observer, GetRecommendationsResponse.getDefaultInstance());
    }
  }

  private final class Bank extends BankGatewayImplBase {
    @Override
    public void setBehaviour(
        SetBehaviourRequest request, StreamObserver<SetBehaviourResponse> observer) {
      answer(observer, SetBehaviourResponse.getDefaultInstance());
    }
  }

  private final class AnnouncedAttempts implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (!call.getMethodDescriptor().getFullMethodName().startsWith("grpc.")) {
        announcedAttempts.add(headers.containsKey(ATTEMPTS) ? headers.get(ATTEMPTS) : "none");
      }
      return next.startCall(call, headers);
    }
  }
}
