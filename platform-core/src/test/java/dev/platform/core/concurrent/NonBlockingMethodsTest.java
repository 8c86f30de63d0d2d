package dev.platform.core.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.LogLines;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On real connections; the time is the test's. */
class NonBlockingMethodsTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";
  private static final String POOL = "grpc-server-";

  @RegisterExtension private final LogLines log = LogLines.ofPackage(NonBlockingMethods.class);

  private final AtomicLong now = new AtomicLong();
  private final HandlerPool pool = new HandlerPool(2);
  private Duration work = Duration.ZERO;
  private Server server;
  private ManagedChannel channel;

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    pool.shutdown();
  }

  @Test
  void theirHandlersRunOnTheTransportsThreadAndOthersInThePool() throws Exception {
    serve(METHOD);
    assertThat(recommendation()).doesNotStartWith(POOL).contains("worker");
    assertThat(product()).startsWith(POOL);
  }

  @Test
  void aServiceMeansAllOfItsMethods() throws Exception {
    serve("recommendation.v1.RecommendationService");
    assertThat(recommendation()).doesNotStartWith(POOL);
    assertThat(product()).startsWith(POOL);
  }

  @Test
  void withoutAnyAllRunInThePool() throws Exception {
    serve();
    assertThat(recommendation()).startsWith(POOL);
    assertThat(product()).startsWith(POOL);
  }

  @Test
  void aHandlerThatKeepsTheThreadIsReportedOnceAMinute() throws Exception {
    serve(METHOD);
    recommendation();
    assertThat(log.lines()).isEmpty();

    work = Duration.ofMillis(48);
    recommendation();
    // On the same thread, so that the first one is reported when it answers.
    recommendation();
    assertThat(log.lines())
        .containsExactly(
            "WARN "
                + METHOD
                + " kept the transport's thread for 48 ms, and other calls waited: it is set as"
                + " non-blocking (platform.grpc.server-executor.non-blocking), and is not");

    now.addAndGet(TimeUnit.MINUTES.toNanos(1));
    recommendation();
    await().untilAsserted(() -> assertThat(log.lines()).hasSize(2));
  }

  private void serve(String... methods) throws Exception {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0));
    new NonBlockingMethods(List.of(methods), now::get).configure(builder, pool);
    server = builder.addService(new Recommendations()).addService(new Products()).build().start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  /** The name of the handler's thread. */
  private String recommendation() {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }

  /** The name of the handler's thread. */
  private String product() {
    return ProductServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getProduct(GetProductRequest.getDefaultInstance())
        .getProduct()
        .getName();
  }

  private final class Recommendations
      extends RecommendationServiceGrpc.RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      now.addAndGet(work.toNanos());
      answer.onNext(
          GetRecommendationsResponse.newBuilder()
              .addProductIds(Thread.currentThread().getName())
              .build());
      answer.onCompleted();
    }
  }

  private static final class Products extends ProductServiceGrpc.ProductServiceImplBase {

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      GetProductResponse.Builder response = GetProductResponse.newBuilder();
      response.getProductBuilder().setName(Thread.currentThread().getName());
      answer.onNext(response.build());
      answer.onCompleted();
    }
  }
}
