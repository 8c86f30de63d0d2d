package dev.platform.core.breaker;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on a real socket that ends each call as the test says. */
final class ScriptedServer implements AutoCloseable {

  /** Calls that came. */
  final AtomicInteger calls = new AtomicInteger();

  /** Those that are left unanswered, while {@link #status} is null. */
  final Queue<StreamObserver<?>> waiting = new ConcurrentLinkedQueue<>();

  volatile Status status = Status.OK;
  volatile Metadata trailers = new Metadata();
  volatile boolean silent;

  /** Streams answer once and go on; they are among {@link #waiting}. */
  volatile boolean endless;

  private final Server server;

  ScriptedServer() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Recommendations())
            .addService(new Products())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Answers the unary calls that wait. */
  @SuppressWarnings("unchecked") // they are those of one method
  void answerWaiting() {
    for (StreamObserver<?> each = waiting.poll(); each != null; each = waiting.poll()) {
      StreamObserver<GetRecommendationsResponse> call =
          (StreamObserver<GetRecommendationsResponse>) each;
      call.onNext(GetRecommendationsResponse.getDefaultInstance());
      call.onCompleted();
    }
  }

  private <A> void answer(StreamObserver<A> observer, A answer) {
    calls.incrementAndGet();
    if (silent) {
      waiting.add(observer);
      return;
    }
    if (status.isOk()) {
      observer.onNext(answer);
      observer.onCompleted();
    } else {
      observer.onError(status.asRuntimeException(trailers));
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {
    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      answer(observer, GetRecommendationsResponse.getDefaultInstance());
    }
  }

  private final class Products extends ProductServiceImplBase {
    @Override
    public void listProducts(
        ListProductsRequest request, StreamObserver<ListProductsResponse> observer) {
      if (endless) {
        observer.onNext(ListProductsResponse.getDefaultInstance());
        waiting.add(observer);
        return;
      }
      answer(observer, ListProductsResponse.getDefaultInstance());
    }
  }
}
