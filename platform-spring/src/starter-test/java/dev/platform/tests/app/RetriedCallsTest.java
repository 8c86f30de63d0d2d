package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.bank.v1.BankGatewayGrpc;
import dev.platform.contracts.bank.v1.BankGatewayGrpc.BankGatewayImplBase;
import dev.platform.contracts.bank.v1.SetBehaviourRequest;
import dev.platform.contracts.bank.v1.SetBehaviourResponse;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ApplicationContext;

/** Calls to a service that fails a given number of times. */
class RetriedCallsTest {

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final String BY_OPTION = "platform.resilience.retry.by-proto-option";
  private static final String METHODS = "platform.resilience.retry.methods[0]";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final Flaky flaky = new Flaky();
  private final List<String> announced = new CopyOnWriteArrayList<>();
  private final Map<String, Object> properties = new HashMap<>();
  private Server server;

  @BeforeEach
  void startService() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(flaky)
            .addService(new Closed())
            .intercept(new AnnouncedAttempts())
            .build()
            .start();
    etcd.server()
        .put("/services/flaky/127.0.0.1:" + server.getPort(), "127.0.0.1:" + server.getPort());
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "caller");
    properties.put("platform.resilience.circuit-breaker.enabled", "false");
    // Generous timeouts: a busy machine must not cause a failure.
    properties.put("platform.discovery.wait-for-first-list", "30s");
    properties.put("platform.deadline.default-timeout", "60s");
  }

  @AfterEach
  void stopService() {
    server.shutdownNow();
  }

  @Test
  void aMethodIdempotentByItsProtoIsRetriedAndAnnouncesIt() {
    flaky.failures.set(2);
    try (var app = TestApp.start(properties)) {
      call(stub(app));
    }
    assertThat(flaky.calls).hasValue(3);
    assertThat(announced).containsExactly("3", "3", "3");
  }

  @Test
  void aMethodWithoutIdempotencyLevelIsSentOnceAndAnnouncesIt() {
    try (var app = TestApp.start(properties)) {
      var bank = BankGatewayGrpc.newBlockingStub(Line.channel(app, "flaky"));
      assertThatThrownBy(() -> bank.setBehaviour(SetBehaviourRequest.getDefaultInstance()))
          .hasMessageContaining("UNAVAILABLE");
    }
    assertThat(announced).containsExactly("none");
  }

  @Test
  void aMethodCanBeExcludedDespiteItsProto() {
    properties.put(
        "platform.resilience.retry.excluded-methods",
        "recommendation.v1.RecommendationService/GetRecommendations");
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      assertThat(failure(stub(app)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(announced).containsExactly("none");
  }

  @Test
  void aChannelWithoutRetriesAnnouncesNoAttempts() {
    properties.putAll(Line.channelTo("direct", "static://127.0.0.1:" + server.getPort()));
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      var direct = Line.channel(app, "direct");
      assertThat(failure(RecommendationServiceGrpc.newBlockingStub(direct)).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(announced).containsExactly("none");
  }

  @Test
  void aConfiguredMethodIsRetriedIfItsServiceWasUnavailable() {
    properties.put(BY_OPTION, "false");
    properties.put(METHODS, "recommendation.v1.RecommendationService/GetRecommendations");
    flaky.failures.set(2);
    try (var app = TestApp.start(properties)) {
      call(stub(app));
    }
    assertThat(flaky.calls).hasValue(3);
  }

  @Test
  void aServiceNameConfiguresAllOfItsMethods() {
    properties.put(BY_OPTION, "false");
    properties.put(METHODS, "recommendation.v1.RecommendationService");
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      call(stub(app));
    }
    assertThat(flaky.calls).hasValue(2);
  }

  @Test
  void noOtherMethodIsRetried() {
    properties.put(BY_OPTION, "false");
    properties.put(METHODS, "recommendation.v1.RecommendationService/Other");
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      assertThat(failure(stub(app)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(flaky.calls).hasValue(1);
  }

  @Test
  void onlyUnavailableIsRetried() {
    flaky.failure = Status.FAILED_PRECONDITION;
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      assertThat(failure(stub(app)).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
    assertThat(flaky.calls).hasValue(1);
  }

  @Test
  void aPushbackBeyondTheDeadlineFailsTheCallImmediately() {
    flaky.trailers.put(PUSHBACK, "3600000");
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      assertThat(failure(stub(app)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(flaky.calls).hasValue(1);
  }

  @Test
  void aShortPushbackIsFollowed() {
    flaky.trailers.put(PUSHBACK, "1000");
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      long start = System.nanoTime();
      call(stub(app));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(999));
    }
    assertThat(flaky.calls).hasValue(2);
  }

  @Test
  void nothingIsRetriedOnceTheBudgetIsExhausted() {
    properties.put("platform.resilience.retry.budget.tokens", "4");
    try (var app = TestApp.start(properties)) {
      RecommendationServiceBlockingStub stub = stub(app);
      // gRPC applies the budget from a channel's second call on.
      call(stub);
      flaky.failures.set(100);
      assertThat(attemptsOfThreeCalls(stub)).containsExactly(2, 1, 1);
    }
  }

  @Test
  void itCanBeDisabled() {
    properties.put("platform.resilience.retry.enabled", "false");
    flaky.failures.set(1);
    try (var app = TestApp.start(properties)) {
      assertThat(failure(stub(app)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(flaky.calls).hasValue(1);
  }

  /** The number of attempts of each of three failing calls. */
  private List<Integer> attemptsOfThreeCalls(RecommendationServiceBlockingStub stub) {
    return Stream.generate(
            () -> {
              int before = flaky.calls.get();
              failure(stub);
              return flaky.calls.get() - before;
            })
        .limit(3)
        .toList();
  }

  private static RecommendationServiceBlockingStub stub(ApplicationContext app) {
    return RecommendationServiceGrpc.newBlockingStub(Line.channel(app, "flaky"));
  }

  private static void call(RecommendationServiceBlockingStub stub) {
    var unused = stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  private static Status failure(RecommendationServiceBlockingStub stub) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> call(stub)).getStatus();
  }

  /** Records the maximum number of attempts that each attempt's header announces. */
  private final class AnnouncedAttempts implements ServerInterceptor {

    private static final Metadata.Key<String> ATTEMPTS =
        Metadata.Key.of("platform-retry-attempts", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      announced.add(headers.containsKey(ATTEMPTS) ? headers.get(ATTEMPTS) : "none");
      return next.startCall(call, headers);
    }
  }

  private static final class Closed extends BankGatewayImplBase {

    @Override
    public void setBehaviour(
        SetBehaviourRequest request, StreamObserver<SetBehaviourResponse> observer) {
      observer.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }

  private static final class Flaky extends RecommendationServiceImplBase {

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final Metadata trailers = new Metadata();
    private volatile Status failure = Status.UNAVAILABLE;

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> observer) {
      calls.incrementAndGet();
      if (failures.getAndDecrement() > 0) {
        observer.onError(failure.withDescription("flaky").asRuntimeException(trailers));
        return;
      }
      observer.onNext(GetRecommendationsResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }
}
