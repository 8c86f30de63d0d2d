package dev.platform.core.concurrency;

import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server that answers when the test lets it, and calls to it over a real socket. */
final class GatedServer implements AutoCloseable {

  static final String GET_PRODUCT = "product.v1.ProductService/GetProduct";
  static final String RECOMMEND = "recommendation.v1.RecommendationService/GetRecommendations";

  private static final int TIMEOUT_SECONDS = 20;

  private final Deque<StreamObserver<?>> waiting = new ConcurrentLinkedDeque<>();
  private volatile @Nullable Priority brought;
  private final Server server;
  private final ManagedChannel channel;

  GatedServer(ServerInterceptor limit) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Products())
            .addService(new Recommendations())
            .addService(new HealthStatusManager().getHealthService())
            .intercept(limit)
            .intercept(new Brought())
            .build()
            .start();
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  /** Starts a normal-priority call; awaits its start. */
  ListenableFuture<GetProductResponse> hold() {
    return hold(Duration.ofSeconds(TIMEOUT_SECONDS));
  }

  ListenableFuture<GetProductResponse> hold(Duration deadline) {
    int before = waiting.size();
    ListenableFuture<GetProductResponse> call =
        ProductServiceGrpc.newFutureStub(channel)
            .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
            .getProduct(GetProductRequest.getDefaultInstance());
    await().until(() -> waiting.size() > before || call.isDone());
    return call;
  }

  /** Starts a call to the other service and waits until it is in flight or rejected. */
  ListenableFuture<GetRecommendationsResponse> holdRecommendation() {
    int before = waiting.size();
    ListenableFuture<GetRecommendationsResponse> call =
        RecommendationServiceGrpc.newFutureStub(channel)
            .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
    await().until(() -> waiting.size() > before || call.isDone());
    return call;
  }

  /** Opens a stream. */
  void openStream() {
    int before = waiting.size();
    ProductServiceGrpc.newStub(channel)
        .listProducts(ListProductsRequest.getDefaultInstance(), new Ignoring<>());
    await().until(() -> waiting.size() > before);
  }

  /** Answers the oldest call. */
  void answer() {
    @SuppressWarnings("unchecked")
    StreamObserver<GetProductResponse> oldest =
        (StreamObserver<GetProductResponse>) waiting.removeFirst();
    oldest.onNext(GetProductResponse.getDefaultInstance());
    oldest.onCompleted();
  }

  void fail() {
    waiting.removeFirst().onError(Status.INVALID_ARGUMENT.asRuntimeException());
  }

  ServingStatus health() {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  static StatusRuntimeException failure(ListenableFuture<?> call) throws Exception {
    try {
      call.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("the call was served");
    } catch (ExecutionException e) {
      return (StatusRuntimeException) e.getCause();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  /** From now on calls bring this priority. */
  void callsBring(Priority priority) {
    brought = priority;
  }

  private final class Brought implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Priority priority = brought;
      return priority == null
          ? next.startCall(call, headers)
          : Contexts.interceptCall(
              CallPriority.in(Context.current(), priority), call, headers, next);
    }
  }

  private final class Products extends ProductServiceImplBase {

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      waiting.add(answer);
    }

    @Override
    public void listProducts(
        ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
      waiting.add(answer);
    }
  }

  private final class Recommendations extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      waiting.add(answer);
    }
  }

  private static final class Ignoring<T> implements StreamObserver<T> {

    @Override
    public void onNext(T value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
