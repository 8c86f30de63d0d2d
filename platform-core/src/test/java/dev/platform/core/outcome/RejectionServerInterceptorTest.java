package dev.platform.core.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What the caller of a handler learns when one of the handler's own calls was refused. */
class RejectionServerInterceptorTest {

  private static final Metadata.Key<String> MARK =
      Metadata.Key.of("platform-rejected-by", Metadata.ASCII_STRING_MARSHALLER);

  @Test
  void aRefusalIsPassedOn() throws Exception {
    assertThat(
            markAfter(Status.UNAVAILABLE.asRuntimeException(Rejection.CIRCUIT_BREAKER.trailers())))
        .isEqualTo("circuit-breaker");
  }

  @Test
  void aCalledServiceWithoutInstancesIsNoFailureOfTheHandler() throws Exception {
    Status nobody =
        Status.UNAVAILABLE.withCause(new NoInstanceException("no instance of shop is known"));
    assertThat(markAfter(nobody.asRuntimeException())).isEqualTo("no-instance");
  }

  @Test
  void aFailureOfACalledServiceIsOneOfTheHandler() throws Exception {
    assertThat(markAfter(Status.UNAVAILABLE.asRuntimeException())).isNull();
  }

  /** The mark that a caller gets if the handler fails since its own call has failed so. */
  private static String markAfter(StatusRuntimeException ownCall) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .intercept(new RejectionServerInterceptor())
            .addService(
                new RecommendationServiceImplBase() {
                  @Override
                  public void getRecommendations(
                      GetRecommendationsRequest request,
                      StreamObserver<GetRecommendationsResponse> caller) {
                    caller.onError(Status.UNAVAILABLE.withCause(ownCall).asException());
                  }
                })
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    try {
      var stub = RecommendationServiceGrpc.newBlockingStub(channel);
      StatusRuntimeException failure =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
      return failure.getTrailers().get(MARK);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }
}
