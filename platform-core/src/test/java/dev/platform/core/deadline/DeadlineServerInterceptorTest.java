package dev.platform.core.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.outcome.Rejection;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlineServerInterceptorTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger begun = new AtomicInteger();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Recommendations())
            .intercept(
                new DeadlineServerInterceptor(
                    new DeadlineSettings(
                        Duration.ZERO, null, Map.of(), Map.of(METHOD, Duration.ofMinutes(2))),
                    meters,
                    System::nanoTime))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void rejectsACallWithLessTimeThanItsMethodNeeds() {
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask(Duration.ofMinutes(1)));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(refused.getStatus().getDescription())
        .matches(
            METHOD
                + " was not started: 59\\d{3} ms are left before its deadline, the minimum is 120000 ms");
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.DEADLINE);
    assertThat(begun).hasValue(0);
    assertThat(
            meters
                .get("platform.deadline.refused")
                .tags("method", METHOD, "reason", "minimum")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void startsACallWithEnoughTimeOrWithoutADeadline() {
    ask(Duration.ofMinutes(3));
    var unused =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    assertThat(begun).hasValue(2);
  }

  private void ask(Duration time) {
    var unused =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS)
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private final class Recommendations extends RecommendationServiceImplBase {
    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      begun.incrementAndGet();
      observer.onNext(GetRecommendationsResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }
}
