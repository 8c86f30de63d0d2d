package dev.platform.benchmarks.peers;

import dev.platform.benchmarks.peers.Peer.UnaryCall;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceStub;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls through a stub of grpc-java. */
public final class StubCall implements UnaryCall {

  private final RecommendationServiceStub stub;
  private final boolean withDeadline;

  private StubCall(RecommendationServiceStub stub, boolean withDeadline) {
    this.stub = stub;
    this.withDeadline = withDeadline;
  }

  /** Sets the deadline of each call, as one does with grpc-java. */
  public static UnaryCall withDeadline(RecommendationServiceStub stub) {
    return new StubCall(stub, true);
  }

  /** Leaves the deadline to the framework. */
  public static UnaryCall of(RecommendationServiceStub stub) {
    return new StubCall(stub, false);
  }

  @Override
  public void start(Consumer<@Nullable Throwable> ended) {
    RecommendationServiceStub each =
        withDeadline ? stub.withDeadlineAfter(Peer.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS) : stub;
    each.getRecommendations(
        Recommender.REQUEST,
        new StreamObserver<>() {
          @Override
          public void onNext(GetRecommendationsResponse answer) {}

          @Override
          public void onError(Throwable failure) {
            ended.accept(failure);
          }

          @Override
          public void onCompleted() {
            ended.accept(null);
          }
        });
  }
}
