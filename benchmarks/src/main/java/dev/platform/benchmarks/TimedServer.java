package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server that answers each call after a time, without using a processor meanwhile. */
final class TimedServer extends RecommendationServiceImplBase implements AutoCloseable {

  private final ScheduledExecutorService timer;
  private final Server server;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile int millis;

  TimedServer(int millis, ScheduledExecutorService timer) throws IOException {
    this.millis = millis;
    this.timer = timer;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .directExecutor()
            .addService(this)
            .build()
            .start();
  }

  EquivalentAddressGroup address() {
    return new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", server.getPort()));
  }

  void answersIn(int time) {
    millis = time;
  }

  int calls() {
    return calls.get();
  }

  void forgetCalls() {
    calls.set(0);
  }

  @Override
  public void getRecommendations(
      GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
    calls.incrementAndGet();
    var unused = timer.schedule(() -> end(answer), millis, TimeUnit.MILLISECONDS);
  }

  private static void end(StreamObserver<GetRecommendationsResponse> answer) {
    answer.onNext(GetRecommendationsResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
