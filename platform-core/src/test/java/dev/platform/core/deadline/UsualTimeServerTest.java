package dev.platform.core.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.outcome.CallOutcome;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.outcome.Rejection;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls over a real socket to a handler that took eight seconds, in moved time. */
class UsualTimeServerTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration USUAL = Duration.ofSeconds(8);
  private static final Duration LITTLE = Duration.ofSeconds(5);
  private static final Duration ENOUGH = Duration.ofMinutes(1);

  private final AtomicLong nanos = new AtomicLong(1);
  private final Queue<StreamObserver<GetRecommendationsResponse>> held =
      new ConcurrentLinkedQueue<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private volatile boolean holds;
  private Server server;
  private ManagedChannel channel;

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void aCallWithLessTimeThanUsualIsRefusedBeforeItsHandler() throws Exception {
    start(true);
    learn();
    ask(LITTLE); // This second's probe.
    holds = true;

    StatusRuntimeException refused = failure(LITTLE);

    assertThat(held).isEmpty();
    assertThat(refused.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(refused.getStatus().getDescription())
        .matches(
            METHOD
                + " was not started: \\d{4} ms are left before its deadline,"
                + " it usually takes [678]\\d{3} ms");
    assertThat(refusedByUsual()).isEqualTo(1);
  }

  @Test
  void aRefusedCallIsNotRetriedAndSaysNothingAboutTheService() throws Exception {
    start(true);
    learn();
    ask(LITTLE);

    StatusRuntimeException refused = failure(LITTLE);

    Metadata trailers = refused.getTrailers();
    assertThat(Rejection.of(trailers)).contains(Rejection.DEADLINE);
    assertThat(trailers.get(PUSHBACK)).isEqualTo("-1");
    assertThat(OutcomeClassifier.standard().classify(refused.getStatus(), trailers))
        .isEqualTo(CallOutcome.IGNORED);
  }

  @Test
  void refusalsDoNotChangeWhatIsUsual() throws Exception {
    start(true);
    learn();
    ask(LITTLE);
    for (int i = 0; i < 100; i++) {
      failure(LITTLE);
    }
    assertThat(refusedByUsual()).isEqualTo(100);
    ask(ENOUGH);
  }

  @Test
  void aCallWithoutADeadlineIsNeverRefused() throws Exception {
    start(true);
    learn();
    var unused =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  @Test
  void canBeSwitchedOff() throws Exception {
    start(false);
    learn();
    for (int i = 0; i < 20; i++) {
      ask(LITTLE);
    }
  }

  /** Many answers that took the usual time. */
  private void learn() throws Exception {
    holds = true;
    List<ListenableFuture<?>> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(
          RecommendationServiceGrpc.newFutureStub(channel)
              .withDeadlineAfter(ENOUGH.toMillis(), TimeUnit.MILLISECONDS)
              .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
    }
    await().atMost(ENOUGH).until(() -> held.size() == calls.size());
    nanos.addAndGet(USUAL.toNanos());
    holds = false;
    for (StreamObserver<GetRecommendationsResponse> each : held) {
      answer(each);
    }
    held.clear();
    for (ListenableFuture<?> call : calls) {
      call.get();
    }
  }

  private double refusedByUsual() {
    return meters
        .get("platform.deadline.refused")
        .tags("method", METHOD, "reason", "usual")
        .counter()
        .count();
  }

  private void start(boolean refuses) throws IOException {
    DeadlineSettings settings =
        new DeadlineSettings(Duration.ZERO, null, Map.of(), Map.of(), true, refuses);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Recommendations())
            .intercept(new DeadlineServerInterceptor(settings, meters, nanos::get))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  private StatusRuntimeException failure(Duration time) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> ask(time));
  }

  private void ask(Duration time) {
    var unused =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS)
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private static void answer(StreamObserver<GetRecommendationsResponse> observer) {
    observer.onNext(GetRecommendationsResponse.getDefaultInstance());
    observer.onCompleted();
  }

  private final class Recommendations extends RecommendationServiceImplBase {
    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      if (holds) {
        held.add(observer);
      } else {
        answer(observer);
      }
    }
  }
}
