package dev.platform.core.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.product.v1.GetProductRequest;
import dev.platform.contracts.product.v1.GetProductResponse;
import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.product.v1.ProductServiceGrpc.ProductServiceImplBase;
import dev.platform.core.priority.CallPriority;
import dev.platform.core.priority.Priority;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A product server behind an interceptor, and calls to it over a real socket. */
final class LimitedServer implements AutoCloseable {

  static final String GET = "product.v1.ProductService/GetProduct";
  static final String LIST = "product.v1.ProductService/ListProducts";

  private static final int TIMEOUT_SECONDS = 20;

  final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private volatile @Nullable Priority brought;
  private final Server server;
  private final ManagedChannel channel;

  LimitedServer(ServerInterceptor limit) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Products())
            .addService(new HealthStatusManager().getHealthService())
            .intercept(limit)
            .intercept(new Brought())
            .intercept(new Cancellations())
            .build()
            .start();
    channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  /** The failure of a call; null if it succeeds. */
  @Nullable StatusRuntimeException get() {
    return get(channel);
  }

  /** Sends a header with the call. */
  @Nullable StatusRuntimeException getAs(String header, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
    return get(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  /** Runs an action during the call. */
  @Nullable StatusRuntimeException get(Runnable meanwhile) throws Exception {
    CompletableFuture<@Nullable StatusRuntimeException> call =
        CompletableFuture.supplyAsync(this::get);
    meanwhile.run();
    return call.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  Channel channel() {
    return channel;
  }

  void awaitCancelled() {
    await().atMost(Duration.ofSeconds(TIMEOUT_SECONDS)).until(() -> cancelled.get() > 0);
  }

  /** Makes sequential calls; returns the number of successful ones. */
  int countServed(int calls) {
    int good = 0;
    for (int i = 0; i < calls; i++) {
      good += get() == null ? 1 : 0;
    }
    return good;
  }

  @Nullable StatusRuntimeException list() {
    try {
      ProductServiceGrpc.newBlockingStub(channel)
          .listProducts(ListProductsRequest.getDefaultInstance())
          .forEachRemaining(answer -> {});
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  void assertHealthAnswers() {
    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private static @Nullable StatusRuntimeException get(Channel channel) {
    try {
      ProductServiceGrpc.newBlockingStub(channel)
          .getProduct(GetProductRequest.getDefaultInstance());
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  /** From now on calls bring this priority; null for none. */
  void callsBring(@Nullable Priority priority) {
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

  /** Outermost interceptor: counts cancellations. */
  private final class Cancellations implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

        @Override
        public void onCancel() {
          super.onCancel();
          cancelled.incrementAndGet();
        }
      };
    }
  }

  private final class Products extends ProductServiceImplBase {

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<GetProductResponse> answer) {
      served.incrementAndGet();
      answer.onNext(GetProductResponse.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void listProducts(
        ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
      served.incrementAndGet();
      answer.onNext(ListProductsResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
