package dev.platform.core.balancer;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A real server that can fail, or stop doing anything, and keeps its connections meanwhile. */
final class FreezableServer extends RecommendationServiceImplBase implements AutoCloseable {

  /** The one user whose call takes longer than anybody likes to wait. */
  static final String SLOW = "slow";

  private final EventLoopGroup loop = new NioEventLoopGroup(1);
  private final CountDownLatch slowMayEnd = new CountDownLatch(1);
  private final AtomicReference<CountDownLatch> ice = new AtomicReference<>(new CountDownLatch(0));
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile Status status = Status.OK;
  private volatile boolean mute;

  FreezableServer() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .addService(this)
            .addService(health.getHealthService())
            .build()
            .start();
  }

  EquivalentAddressGroup address() {
    return new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", server.getPort()));
  }

  HealthStatusManager health() {
    return health;
  }

  String name() {
    return Integer.toString(server.getPort());
  }

  void freeze() {
    CountDownLatch melted = new CountDownLatch(1);
    ice.set(melted);
    loop.execute(
        () -> {
          try {
            melted.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  void thaw() {
    ice.get().countDown();
  }

  /** Answers the calls of {@link #SLOW}. */
  void endSlowCalls() {
    slowMayEnd.countDown();
  }

  /** Leaves all calls from now on without an answer, though it is there. */
  void answerNothing() {
    mute = true;
  }

  /** How many calls have come. */
  int calls() {
    return calls.get();
  }

  /** Ends all calls from now on so. */
  void answerWith(Status next) {
    status = next;
  }

  /** Answers with the server's name. */
  @Override
  public void getRecommendations(
      GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
    calls.incrementAndGet();
    if (mute) {
      return;
    }
    if (request.getUserId().equals(SLOW)) {
      try {
        slowMayEnd.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!status.isOk()) {
      answer.onError(status.asRuntimeException());
      return;
    }
    answer.onNext(GetRecommendationsResponse.newBuilder().addProductIds(name()).build());
    answer.onCompleted();
  }

  @Override
  public void close() {
    thaw();
    slowMayEnd.countDown();
    server.shutdownNow();
    loop.shutdownGracefully();
  }
}
