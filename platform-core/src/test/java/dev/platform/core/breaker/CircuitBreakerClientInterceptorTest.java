package dev.platform.core.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as a failure of the callee, on real sockets. */
class CircuitBreakerClientInterceptorTest {

  private static final int CALLS = 20;
  private static final RangeRequest QUESTION =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build();

  private final AtomicLong clock = new AtomicLong();
  private final CircuitBreakerRegistry breakers =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom()
              .slidingWindowSize(100)
              .minimumNumberOfCalls(50)
              .slowCallDurationThreshold(Duration.ofSeconds(5))
              .currentTimestampFunction(clock -> this.clock.get(), TimeUnit.NANOSECONDS)
              .build());
  private final ServiceBreakers callees =
      new ServiceBreakers(breakers, new CircuitBreakerSettings(Scope.SERVICE, 5), clock::get);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void allCallsFailingWithOneConnectionCountAsOneFailure() throws Exception {
    EmbeddedEtcd server = EmbeddedEtcd.builder().build();
    open.add(server);
    server.start();
    ManagedChannel channel = channel(server.port());
    ask(channel).get();
    List<ListenableFuture<PutResponse>> underWay = hangingPuts(server, channel);

    server.dropConnections();

    underWay.forEach(CircuitBreakerClientInterceptorTest::assertUnavailable);
    assertThat(breaker(channel).getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
    assertThat(breaker(channel).getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    server.delayAnswers(Duration.ZERO);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> ask(channel).get() != null);
  }

  @Test
  void aCallThatSucceedsOnRetryAfterABrokenConnectionIsNotSlow() throws Exception {
    EmbeddedEtcd server = EmbeddedEtcd.builder().build();
    open.add(server);
    server.start();
    ManagedChannel channel = retryingChannel(server.port());
    ask(channel).get();
    List<ListenableFuture<PutResponse>> underWay = hangingPuts(server, channel);
    clock.addAndGet(Duration.ofSeconds(10).toNanos());
    server.delayAnswers(Duration.ZERO);

    server.dropConnections();

    for (ListenableFuture<PutResponse> call : underWay) {
      assertThat(call.get().hasHeader()).isTrue();
    }
    CircuitBreaker.Metrics metrics = breaker(channel).getMetrics();
    assertThat(metrics.getNumberOfSuccessfulCalls()).isEqualTo(CALLS + 1);
    assertThat(metrics.getNumberOfSlowCalls()).isZero();
  }

  @Test
  void eachBrokenConnectionIsAFailure() throws Exception {
    EmbeddedEtcd server = EmbeddedEtcd.builder().build();
    open.add(server);
    server.start();
    ManagedChannel channel = channel(server.port());
    server.delayAnswers(Duration.ofMinutes(1));

    for (int i = 0; i < 6; i++) {
      ListenableFuture<RangeResponse> underWay = ask(channel);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                server.dropConnections();
                return underWay.isDone();
              });
      assertUnavailable(underWay);
    }

    assertThat(breaker(channel).getState()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void eachUnavailableAnswerIsAFailure() throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Overloaded())
            .build()
            .start();
    open.add(server::shutdownNow);
    ManagedChannel channel = channel(server.getPort());

    for (int i = 0; i < 6; i++) {
      assertThat(breaker(channel).getState()).isEqualTo(CircuitBreaker.State.CLOSED);
      assertUnavailable(ask(channel));
    }

    assertThat(breaker(channel).getState()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  private ManagedChannel channel(int port) {
    return channel(NettyChannelBuilder.forAddress("127.0.0.1", port));
  }

  private ManagedChannel channel(NettyChannelBuilder builder) {
    ManagedChannel channel =
        builder
            .usePlaintext()
            .intercept(
                new ClientChain(
                    List.of(
                        new ClientLink(
                            ClientStage.RECORD,
                            TestRecorders.of(OutcomeClassifier.standard(), clock::get)),
                        new ClientLink(
                            ClientStage.CIRCUIT_BREAKER,
                            new CircuitBreakerClientInterceptor(callees)))))
            .build();
    open.add(channel::shutdownNow);
    return channel;
  }

  private ManagedChannel retryingChannel(int port) {
    Map<String, ?> policy =
        Map.of(
            "maxAttempts",
            3.0,
            "initialBackoff",
            "0.01s",
            "maxBackoff",
            "0.1s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    Map<String, ?> everyMethod = Map.of("name", List.of(Map.of()), "retryPolicy", policy);
    return channel(
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .defaultServiceConfig(Map.of("methodConfig", List.of(everyMethod))));
  }

  private CircuitBreaker breaker(ManagedChannel channel) {
    return breakers.circuitBreaker(channel.authority());
  }

  private static ListenableFuture<RangeResponse> ask(ManagedChannel channel) {
    return KVGrpc.newFutureStub(channel).withDeadlineAfter(1, TimeUnit.MINUTES).range(QUESTION);
  }

  private static ListenableFuture<PutResponse> put(ManagedChannel channel, String key) {
    return KVGrpc.newFutureStub(channel)
        .withDeadlineAfter(1, TimeUnit.MINUTES)
        .put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
  }

  /** Calls that have arrived and are not answered; gRPC would send others again. */
  private static List<ListenableFuture<PutResponse>> hangingPuts(
      EmbeddedEtcd server, ManagedChannel channel) {
    server.delayAnswers(Duration.ofMinutes(1));
    List<ListenableFuture<PutResponse>> underWay = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      underWay.add(put(channel, "key-" + i));
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> server.keys("key-").size() == CALLS);
    return underWay;
  }

  private static void assertUnavailable(ListenableFuture<?> call) {
    assertThatThrownBy(call::get)
        .isInstanceOf(ExecutionException.class)
        .satisfies(
            failure ->
                assertThat(Status.fromThrowable(failure).getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE));
  }

  private static final class Overloaded extends KVGrpc.KVImplBase {

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
      observer.onError(Status.UNAVAILABLE.withDescription("too busy").asRuntimeException());
    }
  }
}
