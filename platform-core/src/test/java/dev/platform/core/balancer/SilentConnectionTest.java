package dev.platform.core.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.LogLines;
import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One real connection without keep-alive pings, to a server that can freeze. Time is moved. */
class SilentConnectionTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final LogLines log = LogLines.ofPackage(SilentConnectionTest.class);

  private final AtomicLong moved = new AtomicLong();
  private final CallRecorder recorder =
      TestRecorders.of(OutcomeClassifier.standard(), () -> System.nanoTime() + moved.get());
  private final BalancedServices services = new BalancedServices();
  private final OneAddress addresses = new OneAddress();
  private FreezableServer server;
  private EquivalentAddressGroup called;
  private ManagedChannel channel;

  @BeforeEach
  void open() throws Exception {
    server = new FreezableServer();
    NameResolverRegistry.getDefaultRegistry().register(addresses);
    channel =
        NettyChannelBuilder.forTarget("one-address:///x")
            .usePlaintext()
            .intercept(recorder)
            .defaultServiceConfig(
                Map.of(
                    "loadBalancingConfig",
                    List.of(
                        new BalancerSettings(true, OutlierDetection.defaults())
                            .around("round_robin"))))
            .build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    NameResolverRegistry.getDefaultRegistry().deregister(addresses);
    server.close();
  }

  @Test
  void aCallThatNoDeadlineEndsFailsWhenItsServerIsFrozenAndTheChannelConnectsAgain() {
    ListenableFuture<GetRecommendationsResponse> endless = endlessCall();
    server.freeze();
    move(Duration.ofSeconds(14));
    await().atMost(LIMIT).until(endless::isDone);
    assertThat(status(endless).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status(endless).getDescription()).endsWith("is connected and does not answer");
    assertThat(state()).isEqualTo(State.UNREACHABLE);
    server.thaw();
    await().atMost(LIMIT).ignoreExceptions().until(() -> quickCall() != null);
    assertThat(state()).isNotEqualTo(State.UNREACHABLE);
  }

  @Test
  void aCallToAFrozenServerFailsAlsoIfTheServerIsNoLongerListed() throws Exception {
    ListenableFuture<GetRecommendationsResponse> endless = endlessCall();
    server.freeze();
    try (FreezableServer other = new FreezableServer()) {
      called = other.address();
      addresses.publishAndWait();
      quickCall();
      move(Duration.ofSeconds(14));
      await().atMost(LIMIT).until(endless::isDone);
      assertThat(status(endless).getDescription()).endsWith("is connected and does not answer");
    }
  }

  @Test
  void aCallToAServerThatIsNoLongerListedMayStillEnd() throws Exception {
    ListenableFuture<GetRecommendationsResponse> endless = endlessCall();
    try (FreezableServer other = new FreezableServer()) {
      called = other.address();
      addresses.publishAndWait();
      quickCall();
      move(Duration.ofSeconds(14));
      await().during(Duration.ofSeconds(4)).atMost(LIMIT).until(() -> !endless.isDone());
      server.endSlowCalls();
      await().atMost(LIMIT).until(endless::isDone);
      assertThat(status(endless).isOk()).isTrue();
    }
  }

  @Test
  void aCallMayBeSilentForLongWhileItsServerAnswersChecks() {
    ListenableFuture<GetRecommendationsResponse> endless = endlessCall();
    for (int i = 0; i < 5; i++) {
      move(Duration.ofSeconds(11));
      quickCall();
    }
    move(Duration.ofSeconds(14));
    await().during(Duration.ofSeconds(4)).atMost(LIMIT).until(() -> !endless.isDone());
  }

  @Test
  void aConnectionThatIsClosedBecauseOfPingsIsReportedOnceWithThePropertyToChange()
      throws Exception {
    try (RudeServer rude = new RudeServer()) {
      called = rude.address();
      for (int i = 0; i < 2; i++) {
        assertThat(status(call("quick")).getDescription()).contains("too_many_pings");
      }
    }
    assertThat(log.count("WARN x: 127.0.0.1")).isOne();
    assertThat(log.text()).contains("grpc.client.<name>.keep-alive-time");
  }

  private State state() {
    return services.snapshot().get(0).instances().get(0).state();
  }

  private void move(Duration time) {
    moved.addAndGet(time.toNanos());
  }

  /** Has reached the server. */
  private ListenableFuture<GetRecommendationsResponse> endlessCall() {
    called = server.address();
    ListenableFuture<GetRecommendationsResponse> call = call(FreezableServer.SLOW);
    await().atMost(LIMIT).until(() -> server.calls() == 1);
    return call;
  }

  private ListenableFuture<GetRecommendationsResponse> call(String user) {
    return RecommendationServiceGrpc.newFutureStub(channel)
        .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(user).build());
  }

  private GetRecommendationsResponse quickCall() {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private static Status status(ListenableFuture<?> call) {
    try {
      call.get();
      return Status.OK;
    } catch (Exception e) {
      return Status.fromThrowable(e);
    }
  }

  private final class OneAddress extends NameResolverProvider {

    private NameResolver.Listener2 listener;
    private SynchronizationContext channelsContext;

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 1;
    }

    @Override
    public String getDefaultScheme() {
      return "one-address";
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      channelsContext = args.getSynchronizationContext();
      return new NameResolver() {

        @Override
        public String getServiceAuthority() {
          return "x";
        }

        @Override
        public void start(Listener2 channelsListener) {
          listener = channelsListener;
          publish();
        }

        @Override
        public void shutdown() {}
      };
    }

    /** Calls go to the published address from now on. */
    void publishAndWait() throws InterruptedException {
      publish();
      CountDownLatch applied = new CountDownLatch(1);
      channelsContext.execute(applied::countDown);
      applied.await();
    }

    void publish() {
      listener.onResult(
          NameResolver.ResolutionResult.newBuilder()
              .setAddressesOrError(StatusOr.fromValue(List.of(called)))
              .setAttributes(
                  Attributes.newBuilder()
                      .set(
                          BalancerContext.KEY,
                          new BalancerContext(
                              recorder, (service, reason, avoided) -> {}, () -> "", services))
                      .build())
              .build());
    }
  }
}
