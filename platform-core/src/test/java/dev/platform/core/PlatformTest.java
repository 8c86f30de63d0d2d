package dev.platform.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.breaker.CircuitBreakerSettings;
import dev.platform.core.breaker.CircuitBreakerSettings.Scope;
import dev.platform.core.concurrency.ConcurrencyLimitSettings;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Shares;
import dev.platform.core.deadline.DeadlineSettings;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.fault.Fault;
import dev.platform.core.fault.FaultSettings;
import dev.platform.core.fault.Faults;
import dev.platform.core.ratelimit.RateLimitSettings;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A program without a framework; nothing of Spring is on the class path here. */
class PlatformTest {

  private static final String SERVICE = "recommendation.v1.RecommendationService";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String NAME = "recommendation-service";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private EmbeddedEtcd etcd;
  private Platform caller;

  @BeforeEach
  void start() {
    etcd = EmbeddedEtcd.builder().build();
    etcd.start();
    caller = builder("caller").meters(meters).build();
  }

  @AfterEach
  void stop() {
    caller.close();
    etcd.close();
  }

  @Test
  void skipsLoopbackAddressesIfToldSo() {
    etcd.put("/services/far-service/127.0.0.1:1", "127.0.0.1:1");
    try (Platform careful = builder("careful").allowLoopback(false).build()) {
      var stub =
          RecommendationServiceGrpc.newBlockingStub(careful.channel("far-service"))
              .withDeadlineAfter(20, TimeUnit.SECONDS);
      assertThatThrownBy(
              () -> stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
          .hasMessageContaining("is a loopback address (platform.discovery.allow-loopback");
    }
  }

  @Test
  void hasNoSpringOnTheClassPath() {
    assertThatThrownBy(() -> Class.forName("org.springframework.core.SpringVersion"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void isRegisteredAndCalledByItsName() throws IOException {
    try (Platform callee = serve(answering("p-1"))) {
      assertThat(callNow().getProductIdsList()).containsExactly("p-1");
      assertThat(etcd.keys("/services/" + NAME + "/")).hasSize(1);
      assertThat(callee.registration().isHeld()).isTrue();
      assertThat(callee.phase()).isEqualTo(LifecyclePhase.UP);
      assertThat(meters.get("rpc.client.call.duration").timer().count()).isEqualTo(1);
    }
    assertThat(etcd.keys("/services/")).isEmpty();
  }

  @Test
  void propagatesADefaultDeadlineToTheCallee() throws IOException {
    AtomicReference<Deadline> known = new AtomicReference<>();
    try (Platform callee = serve(answer -> known.set(Context.current().getDeadline()));
        Platform hasty =
            builder("hasty")
                .deadlines(new DeadlineSettings(Duration.ofMillis(500), null, Map.of(), Map.of()))
                .build()) {
      assertThat(failure(stub(hasty)).getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
      assertThat(known.get()).isNotNull();
    }
  }

  @Test
  void stopsCallingAServiceThatFails() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    try (Platform callee =
        serve(
            answer -> {
              calls.incrementAndGet();
              answer.onError(Status.INTERNAL.asRuntimeException());
            })) {
      RecommendationServiceBlockingStub stub = stub(caller);
      for (int i = 0; i < 6; i++) {
        assertThat(failure(stub).getStatus().getCode()).isEqualTo(Code.INTERNAL);
      }
      StatusRuntimeException refused = failure(stub);
      assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
      assertThat(refused).hasMessageContaining("circuit breaker is open: " + NAME);
      assertThat(calls).hasValue(6);
      assertThat(caller.circuitBreakers().circuitBreaker(NAME).getState())
          .isEqualTo(CircuitBreaker.State.OPEN);
    }
  }

  @Test
  void aServiceAtAFixedAddressHasABreakerWithTheNameOfItsClient() throws IOException {
    try (Platform callee = builder(NAME).build()) {
      Server fixedServer =
          callee.serve(
              0,
              new RecommendationServiceImplBase() {
                @Override
                public void getRecommendations(
                    GetRecommendationsRequest request,
                    StreamObserver<GetRecommendationsResponse> answer) {
                  answer.onError(Status.INTERNAL.asRuntimeException());
                }
              });
      ManagedChannel fixed =
          caller
              .channelBuilder("suggestions", "127.0.0.1:" + fixedServer.getPort())
              .usePlaintext()
              .build();
      try {
        RecommendationServiceBlockingStub stub = RecommendationServiceGrpc.newBlockingStub(fixed);
        for (int i = 0; i < 6; i++) {
          failure(stub);
        }
        assertThat(failure(stub))
            .hasMessageContaining("circuit breaker is open: suggestions, next probe");
      } finally {
        fixed.shutdownNow();
      }
    }
  }

  @Test
  void statusesAreShortenedToWhatCallersAccept() throws IOException {
    try (Platform callee =
        serve(
            answer ->
                answer.onError(
                    Status.FAILED_PRECONDITION
                        .withDescription("x".repeat(9000))
                        .asRuntimeException()))) {
      StatusRuntimeException failure = failure(stub(caller));
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
      assertThat(failure).hasMessageContaining("[shortened from 9000 characters]");
    }
  }

  @Test
  void hidesTheMessagesOfHandlerExceptions() throws IOException {
    try (Platform callee =
        serve(
            answer -> {
              throw new IllegalStateException("secret");
            })) {
      StatusRuntimeException failure = failure(stub(caller));
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.INTERNAL);
      assertThat(failure).hasMessageNotContaining("secret");
    }
  }

  @Test
  void shutsDownWithoutAFailedCall() throws Exception {
    RecommendationServiceBlockingStub stub = stub(caller);
    AtomicBoolean stopped = new AtomicBoolean();
    try (Platform stays = serve(answering("stays"))) {
      Platform leaves = serve(answering("leaves"));
      await().until(() -> stub.getRecommendations(request()).getProductIds(0).equals("leaves"));
      CompletableFuture<Integer> calls =
          CompletableFuture.supplyAsync(
              () -> {
                int made = 0;
                while (!stopped.get()) {
                  stub.getRecommendations(request());
                  made++;
                }
                return made;
              });
      leaves.close();
      stopped.set(true);
      assertThat(calls.get()).isPositive();
      assertThat(leaves.phase()).isEqualTo(LifecyclePhase.STOPPED);
      for (int i = 0; i < 10; i++) {
        assertThat(stub.getRecommendations(request()).getProductIdsList()).containsExactly("stays");
      }
    }
  }

  @Test
  void leavesNoThreadBehind() throws IOException {
    try (Platform callee = serve(answering("p-1"))) {
      callNow();
    }
    caller.close();
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("platform-")));
  }

  @Test
  void closesOpenedResourcesIfItCannotBeBuilt() {
    AtomicBoolean firstIsClosed = new AtomicBoolean();
    OpenResources resources = new OpenResources();
    resources.add(() -> firstIsClosed.set(true));
    // The connection to etcd is open when the registrar asks for the time.
    Clock stopped =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            throw new IllegalStateException("stopped");
          }
        };
    assertThatThrownBy(() -> new Platform(builder("a").clock(stopped), resources))
        .hasMessage("stopped");
    assertThat(firstIsClosed).isTrue();
  }

  @Test
  void isNotRegisteredAgainOnceItIsClosed() throws IOException {
    Platform callee = serve(answering("p-1"));
    callee.close();
    assertThatThrownBy(() -> callee.serve(0)).hasMessage("The platform is closed");
    callee.close();
  }

  @Test
  void hasAtMostOneServer() throws IOException {
    try (Platform callee = serve(answering("p-1"))) {
      assertThatThrownBy(() -> callee.serve(0)).hasMessage("The platform already has a server");
    }
  }

  @Test
  void runsHandlersThatNeverBlockOnTheTransportsThread() throws IOException {
    try (Platform callee =
        serve(
            builder(NAME).nonBlocking(SERVICE),
            answer -> answering(Thread.currentThread().getName()).accept(answer))) {
      assertThat(callNow().getProductIds(0)).doesNotStartWith("grpc-server-");
    }
  }

  @Test
  void namesTheNonBlockingMethodThatItDoesNotServe() {
    try (Platform callee = builder(NAME).nonBlocking("a.B/C").build()) {
      assertThatThrownBy(() -> callee.serve(0, new RecommendationServiceImplBase() {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "nonBlocking: a.B/C (expected: a service or method of this server, one of ["
                  + SERVICE
                  + ", "
                  + SERVICE
                  + "/GetRecommendations])");
      ServerBuilder<?> own = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create());
      assertThatThrownBy(() -> callee.serve(own))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "nonBlocking: [a.B/C] (expected: none with a server builder of the program's own,"
                  + " whose executor is kept)");
    }
  }

  @Test
  void refusesCallsOverARateLimit() throws IOException {
    RateLimiterConfig once =
        RateLimiterConfig.custom().limitForPeriod(1).limitRefreshPeriod(HOUR).build();
    RateLimitSettings none = RateLimitSettings.none();
    for (RateLimitSettings limits :
        List.of(none.withServer(once), none.withMethod(SERVICE, once), none.withCaller(once))) {
      SimpleMeterRegistry counters = new SimpleMeterRegistry();
      try (Platform callee =
          serve(builder(NAME).rateLimits(limits).meters(counters), answering("p-1"))) {
        RecommendationServiceBlockingStub stub = stub(caller);
        assertThat(stub.getRecommendations(request()).getProductIdsList()).containsExactly("p-1");
        StatusRuntimeException refused = failure(stub);
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(counters.get("platform.rate.limit.calls").tag("result", "refused").counters())
            .anyMatch(counter -> counter.count() == 1);
      }
    }
  }

  @Test
  void refusesCallsOverAConcurrencyLimit() throws Exception {
    ConcurrencyLimitSettings one =
        new ConcurrencyLimitSettings(1, new Gradient2(1, 1, 1), new Shares(1, 1), Map.of());
    for (PlatformBuilder limited :
        List.of(builder(NAME).concurrencyLimit(one), builder(NAME).adaptiveConcurrencyLimit(one))) {
      SimpleMeterRegistry gauges = new SimpleMeterRegistry();
      CompletableFuture<StreamObserver<GetRecommendationsResponse>> held =
          new CompletableFuture<>();
      try (Platform callee = serve(limited.meters(gauges), held::complete)) {
        RecommendationServiceBlockingStub stub = stub(caller);
        CompletableFuture<GetRecommendationsResponse> first =
            CompletableFuture.supplyAsync(() -> stub.getRecommendations(request()));
        StreamObserver<GetRecommendationsResponse> answer = held.get();
        assertThat(gauges.get("platform.concurrency.in.flight").gauge().value()).isEqualTo(1);
        assertThat(failure(stub).getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        answering("p-1").accept(answer);
        assertThat(first.get().getProductIdsList()).containsExactly("p-1");
      }
    }
  }

  @Test
  void injectsConfiguredFaultsOnBothSides() throws IOException {
    try (Platform callee = serve(builder(NAME).faultInjection(true), answering("p-1"));
        Platform faulty = builder("faulty").faultInjection(true).build()) {
      Faults incoming = callee.faults().orElseThrow();
      Faults outgoing = faulty.faults().orElseThrow();
      RecommendationServiceBlockingStub stub = stub(faulty);

      Fault abort =
          incoming.add(FaultSettings.incoming(SERVICE).withAbort(Status.DATA_LOSS).withRatio(1));
      assertThat(failure(stub).getStatus().getCode()).isEqualTo(Code.DATA_LOSS);
      incoming.remove(abort.id());

      Fault delay = outgoing.add(FaultSettings.outgoing("*").withDelay(HOUR).withTimeToLive(HOUR));
      assertThat(failure(stub.withDeadlineAfter(300, TimeUnit.MILLISECONDS)).getStatus().getCode())
          .isEqualTo(Code.DEADLINE_EXCEEDED);
      outgoing.remove(delay.id());

      incoming.add(FaultSettings.incoming(SERVICE).withDelay(Duration.ofMillis(1)));
      incoming.add(
          FaultSettings.incoming(SERVICE).withCaller("another").withAbort(Status.INTERNAL));
      assertThat(stub.getRecommendations(request()).getProductIdsList()).containsExactly("p-1");
    }
  }

  @Test
  void injectsNoFaultUnlessEnabled() {
    assertThat(caller.faults()).isEmpty();
  }

  @Test
  void namesTheInvalidSetting() {
    assertThatThrownBy(() -> Platform.builder("a").namespace("staging/"))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessageStartingWith("platform.etcd.namespace: staging/ (expected: a path");
    assertThatThrownBy(() -> Platform.builder("a").etcdEndpoints("localhost:2379"))
        .hasMessageStartingWith("platform.etcd.endpoints: localhost:2379 (expected: http://");
    assertThatThrownBy(() -> RateLimitSettings.none().withServer(RateLimiterConfig.ofDefaults()))
        .hasMessage(
            "platform.resilience.rate-limit.server: 50 per 500ns (expected: at most a million a"
                + " second)");
    assertThatThrownBy(
            () -> RateLimitSettings.none().withMethod("a b", RateLimitSettings.perSecond(1)))
        .hasMessageStartingWith("platform.resilience.rate-limit.methods: a b (expected: package");
    assertThatThrownBy(() -> FaultSettings.incoming("*").withDelay(Duration.ofDays(2)))
        .hasMessageStartingWith("delay: 48h (expected: from 1ms to 1h");
  }

  private PlatformBuilder builder(String service) {
    return Platform.builder(service)
        .etcdEndpoints(etcd.endpoint().toString())
        .advertise("127.0.0.1")
        // On a busy machine a probe may be due before a test has seen that its breaker is open.
        .circuitBreakers(new CircuitBreakerSettings(Scope.SERVICE, 5))
        .drain(new DrainSettings(Duration.ofMillis(300), Duration.ofSeconds(5)))
        .closeAtShutdown(false);
  }

  private Platform serve(Consumer<StreamObserver<GetRecommendationsResponse>> handler)
      throws IOException {
    return serve(builder(NAME), handler);
  }

  private static Platform serve(
      PlatformBuilder builder, Consumer<StreamObserver<GetRecommendationsResponse>> handler)
      throws IOException {
    Platform callee = builder.build();
    callee.serve(
        0,
        new RecommendationServiceImplBase() {
          @Override
          public void getRecommendations(
              GetRecommendationsRequest request,
              StreamObserver<GetRecommendationsResponse> response) {
            handler.accept(response);
          }
        });
    await().until(() -> callee.registration().isHeld());
    return callee;
  }

  private static Consumer<StreamObserver<GetRecommendationsResponse>> answering(String product) {
    return response -> {
      response.onNext(
          GetRecommendationsResponse.newBuilder().addAllProductIds(List.of(product)).build());
      response.onCompleted();
    };
  }

  private GetRecommendationsResponse callNow() {
    return stub(caller).getRecommendations(request());
  }

  private static RecommendationServiceBlockingStub stub(Platform platform) {
    return RecommendationServiceGrpc.newBlockingStub(platform.channel(NAME));
  }

  private static StatusRuntimeException failure(RecommendationServiceBlockingStub stub) {
    return catchThrowableOfType(
        StatusRuntimeException.class, () -> stub.getRecommendations(request()));
  }

  private static GetRecommendationsRequest request() {
    return GetRecommendationsRequest.newBuilder().setUserId("ada").build();
  }
}
