package dev.platform.core.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.LogLines;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FailureServerInterceptorTest {

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private static final Metadata.Key<String> HINT =
      Metadata.Key.of("hint", Metadata.ASCII_STRING_MARSHALLER);

  private final Failing service = new Failing();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    Metadata hint = new Metadata();
    hint.put(HINT, "buy less");
    GrpcExceptionMapper sold =
        failure ->
            failure instanceof SoldOut
                ? Status.FAILED_PRECONDITION.withDescription(failure.getMessage()).asException(hint)
                : null;
    GrpcExceptionMapping mapping = new GrpcExceptionMapping(List.of(sold));
    String name = UUID.randomUUID().toString();
    server =
        InProcessServerBuilder.forName(name)
            .addService(
                ServerInterceptors.intercept(service, new FailureServerInterceptor(mapping)))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void thrownExceptionsBecomeTheStatusAndTrailersOfTheirMapper() {
    service.thrown = new SoldOut();

    StatusRuntimeException failure = call();

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("sold out");
    assertThat(failure.getTrailers().get(HINT)).isEqualTo("buy less");
  }

  @Test
  void exceptionsPassedToTheObserverAreMappedToo() {
    service.handedOn = new SoldOut();

    assertThat(call().getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
  }

  @Test
  void unmappedExceptionsAreInternalAndTheirCauseIsOnlyLogged() {
    service.thrown = new IllegalStateException("secret");

    assertThat(call().getStatus().toString())
        .contains("INTERNAL", "internal error")
        .doesNotContain("secret");
    assertThat(log.text()).containsOnlyOnce("IllegalStateException: secret");
  }

  @Test
  void aStatusSetByTheHandlerIsUnchanged() {
    service.thrown = Status.NOT_FOUND.withDescription("no such thing").asRuntimeException();

    assertThat(call().getStatus().toString()).contains("NOT_FOUND", "no such thing");
    assertThat(log.text()).doesNotContain("no such thing");
  }

  @Test
  void anExceptionAfterTheAnswerHasNoEffect() {
    service.thrown = new SoldOut();
    service.answersFirst = true;

    assertThat(
            RecommendationServiceGrpc.newBlockingStub(channel)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
        .isEqualTo(GetRecommendationsResponse.getDefaultInstance());
  }

  private StatusRuntimeException call() {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
  }

  private static final class SoldOut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SoldOut() {
      super("sold out");
    }
  }

  private static final class Failing extends RecommendationServiceImplBase {

    private volatile RuntimeException thrown;
    private volatile Exception handedOn;
    private volatile boolean answersFirst;

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      if (answersFirst) {
        observer.onNext(GetRecommendationsResponse.getDefaultInstance());
        observer.onCompleted();
      }
      if (thrown != null) {
        throw thrown;
      }
      observer.onError(handedOn);
    }
  }
}
