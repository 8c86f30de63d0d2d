package dev.platform.core.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.StringValue;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.InvalidPropertyException;
import dev.platform.core.LogLines;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Statuses that are too large for a client with gRPC's default limit, on a real connection. */
class TrailerLimitServerInterceptorTest {

  private static final Metadata.Key<String> SHORTENED = ascii("platform-shortened");
  private static final Metadata.Key<String> SMALL = ascii("platform-rejected-by");
  private static final Metadata.Key<String> LARGE = ascii("x-large");
  private static final Metadata.Key<byte[]> BINARY =
      Metadata.Key.of("x-binary-bin", Metadata.BINARY_BYTE_MARSHALLER);

  @RegisterExtension final LogLines log = LogLines.ofAll();

  private final Metadata headers = new Metadata();
  private StatusRuntimeException failure;
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(
                ServerInterceptors.interceptForward(
                    new Failing(),
                    new TrailerLimitServerInterceptor(TrailerLimitServerInterceptor.DEFAULT_LIMIT),
                    new AnswerHeaders()))
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
  void aLongDescriptionIsShortenedAndTheCodeIsKept() {
    StatusRuntimeException seen = seen(failed("x".repeat(9000), new Metadata()));

    assertThat(seen.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(seen.getStatus().getDescription())
        .startsWith("xxxx")
        .endsWith("x [shortened from 9000 characters]")
        .hasSizeGreaterThan(7000);
    assertThat(seen.getTrailers().get(SHORTENED)).isEqualTo("grpc-message");
    assertThat(log.text())
        .containsOnlyOnce("GetRecommendations: grpc-message of an answer with FAILED_PRECONDITION");
    seen(failed("x".repeat(9000), new Metadata()));
    assertThat(log.text())
        .containsOnlyOnce("GetRecommendations: grpc-message of an answer with FAILED_PRECONDITION");
  }

  @Test
  void charactersThatTakeSeveralBytesAreCountedAndNotCutInHalf() {
    StatusRuntimeException seen = seen(failed("é价😀".repeat(1000), new Metadata()));

    assertThat(seen.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(seen.getStatus().getDescription())
        .startsWith("é价😀é")
        .endsWith(" [shortened from 4000 characters]")
        .doesNotContain("\uFFFD");
  }

  @Test
  void ofRichDetailsThoseAreKeptThatFit() throws Exception {
    com.google.rpc.Status.Builder rich =
        com.google.rpc.Status.newBuilder().setCode(9).setMessage("too much");
    for (int i = 0; i < 16; i++) {
      rich.addDetails(Any.pack(StringValue.of("d".repeat(1000))));
    }

    StatusRuntimeException seen = seen(StatusProto.toStatusRuntimeException(rich.build()));

    assertThat(seen.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(seen.getStatus().getDescription()).isEqualTo("too much");
    com.google.rpc.Status left = StatusProto.fromThrowable(seen);
    assertThat(left.getMessage()).isEqualTo("too much");
    assertThat(left.getDetailsList()).hasSizeBetween(4, 6);
    assertThat(seen.getTrailers().get(SHORTENED)).isEqualTo("grpc-status-details-bin");
  }

  @Test
  void descriptionAndDetailsShareTheLimit() {
    com.google.rpc.Status.Builder rich =
        com.google.rpc.Status.newBuilder().setCode(9).setMessage("m".repeat(9000));
    for (int i = 0; i < 16; i++) {
      rich.addDetails(Any.pack(StringValue.of("d".repeat(100))));
    }

    StatusRuntimeException seen = seen(StatusProto.toStatusRuntimeException(rich.build()));

    assertThat(seen.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(seen.getStatus().getDescription()).contains("[shortened from 9000 characters]");
    assertThat(seen.getTrailers().get(SHORTENED))
        .isEqualTo("grpc-message, grpc-status-details-bin");
  }

  @Test
  void theLargestTrailersAreLeftOutAndTheSmallOnesAreKept() {
    Metadata trailers = new Metadata();
    trailers.put(SMALL, "rate-limit");
    trailers.put(LARGE, "l".repeat(5000));
    trailers.put(LARGE, "l".repeat(5000));
    trailers.put(BINARY, new byte[8000]);

    StatusRuntimeException seen = seen(failed("too much", trailers));

    assertThat(seen.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(seen.getStatus().getDescription()).isEqualTo("too much");
    assertThat(seen.getTrailers().get(SMALL)).isEqualTo("rate-limit");
    assertThat(seen.getTrailers().keys()).doesNotContain("x-large", "x-binary-bin");
    assertThat(seen.getTrailers().get(SHORTENED)).isEqualTo("x-binary-bin, x-large");
    assertThat(trailers.keys()).contains("x-large");
  }

  @Test
  void manyTrailersAreReducedToWhatFits() {
    Metadata trailers = new Metadata();
    for (int i = 0; i < 500; i++) {
      trailers.put(ascii("x-number-" + i), "some value");
    }

    StatusRuntimeException seen = seen(failed("too much", trailers));

    assertThat(seen.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(seen.getTrailers().get(SHORTENED)).startsWith("x-number-").endsWith("...");
  }

  @Test
  void headersOfAnAnswerAreReduced() {
    headers.put(LARGE, "l".repeat(9000));
    headers.put(SMALL, "here");
    AtomicReference<Metadata> seen = new AtomicReference<>();

    GetRecommendationsResponse answer =
        RecommendationServiceGrpc.newBlockingStub(channel)
            .withInterceptors(
                MetadataUtils.newCaptureMetadataInterceptor(seen, new AtomicReference<>()))
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());

    assertThat(answer).isNotNull();
    assertThat(seen.get().get(SMALL)).isEqualTo("here");
    assertThat(seen.get().get(SHORTENED)).isEqualTo("x-large");
  }

  @Test
  void whatFitsIsUnchanged() {
    Metadata trailers = new Metadata();
    trailers.put(LARGE, "l".repeat(3000));
    trailers.put(BINARY, new byte[2000]);

    StatusRuntimeException seen = seen(failed("x".repeat(1500), trailers));

    assertThat(seen.getStatus().getDescription()).isEqualTo("x".repeat(1500));
    assertThat(seen.getTrailers().get(LARGE)).hasSize(3000);
    assertThat(seen.getTrailers().get(BINARY)).hasSize(2000);
    assertThat(seen.getTrailers().containsKey(SHORTENED)).isFalse();
    assertThat(log.text()).doesNotContain("shortened");
  }

  @Test
  void aLimitThatIsTooSmallIsRefused() {
    assertThatThrownBy(() -> new TrailerLimitServerInterceptor(100))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessageContaining("platform.grpc.trailers.max-size: 100B");
  }

  private StatusRuntimeException seen(StatusRuntimeException sent) {
    failure = sent;
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            RecommendationServiceGrpc.newBlockingStub(channel)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance()));
  }

  private static StatusRuntimeException failed(String description, Metadata trailers) {
    return Status.FAILED_PRECONDITION.withDescription(description).asRuntimeException(trailers);
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private final class Failing extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      if (failure != null) {
        observer.onError(failure);
        return;
      }
      observer.onNext(GetRecommendationsResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  private final class AnswerHeaders implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata request, ServerCallHandler<Q, A> next) {
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata answer) {
              answer.merge(headers);
              super.sendHeaders(answer);
            }
          },
          request);
    }
  }
}
