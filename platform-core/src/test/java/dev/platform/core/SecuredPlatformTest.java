package dev.platform.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.authorization.AuthorizationMode;
import dev.platform.core.authorization.AuthorizationRules;
import dev.platform.core.authorization.RuleSettings;
import dev.platform.core.deadline.DeadlineSettings;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.identity.AuthenticationSettings;
import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.InvalidTokenException;
import dev.platform.core.identity.InvalidTokenException.Reason;
import dev.platform.core.identity.User;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Refusals as a client with retries and breakers sees them; behind a mesh, so without TLS. */
class SecuredPlatformTest {

  private static final int CALLS = 12;
  private static final String SERVICE = "recommendation.v1.RecommendationService";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EmbeddedEtcd etcd = EmbeddedEtcd.builder().build();
  private Platform server;
  private Platform client;

  @BeforeEach
  void start() throws IOException {
    etcd.start();
    server =
        platform("shop")
            .meters(meters)
            .authorization(
                AuthorizationMode.ENFORCE,
                AuthorizationRules.of(
                    Map.of(
                        SERVICE + "/*",
                        new RuleSettings(null, null, "required"),
                        "grpc.health.v1.Health/*",
                        RuleSettings.callers("any"))))
            .build();
    server.serve(0, new Whoami());
    client = platform("customer").build();
  }

  private PlatformBuilder platform(String service) {
    return Platform.builder(service)
        .etcdEndpoints(etcd.endpoint().toString())
        .advertise("127.0.0.1")
        .drain(new DrainSettings(Duration.ZERO, Duration.ofSeconds(1)))
        .deadlines(new DeadlineSettings(Duration.ofSeconds(60), null, Map.of(), Map.of()))
        .authentication(AuthenticationSettings.defaults(service).withTokensWithoutTls())
        .users(SecuredPlatformTest::verify)
        .closeAtShutdown(false);
  }

  private static User verify(String token) throws InvalidTokenException {
    if (token.startsWith("bad")) {
      throw new InvalidTokenException(Reason.EXPIRED);
    }
    return new User(token, "", Set.of(), null);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    etcd.close();
  }

  @Test
  void arentRetriedAndOpenNoBreaker() {
    RecommendationServiceBlockingStub stub =
        RecommendationServiceGrpc.newBlockingStub(client.channel("shop"));

    for (int i = 0; i < CALLS; i++) {
      assertThat(refused(stub)).isEqualTo("UNAUTHENTICATED authentication required: user");
    }
    assertThat(
            meters
                .get("platform.security.authorization")
                .tags("method", SERVICE + "/GetRecommendations", "decision", "refused")
                .counter()
                .count())
        .isEqualTo(CALLS);
    assertNoFailureIsCounted();
  }

  @Test
  void ofBadTokensNeitherEvenUnread() {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer bad");
    RecommendationServiceBlockingStub stub =
        RecommendationServiceGrpc.newBlockingStub(client.channel("shop"))
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    int limited = 0;

    for (int i = 0; i < 4 * CALLS; i++) {
      limited += refused(stub).startsWith("RESOURCE_EXHAUSTED") ? 1 : 0;
    }
    assertThat(limited).isPositive();
    assertThat(count("invalid") + count("limited")).isEqualTo(4 * CALLS);
    assertNoFailureIsCounted();
  }

  @Test
  void theUsersTokenTravelsWithTheCallsOfTheRequest() {
    RecommendationServiceBlockingStub stub =
        RecommendationServiceGrpc.newBlockingStub(client.channel("shop"));

    CallerIdentity.anonymous()
        .onBehalfOf(new User("ann", "", Set.of(), null), "ann")
        .attachedTo(Context.ROOT)
        .run(
            () ->
                assertThat(
                        stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance())
                            .getProductIds(0))
                    .isEqualTo("ann"));
  }

  private void assertNoFailureIsCounted() {
    CircuitBreaker breaker = client.circuitBreakers().circuitBreaker("shop");
    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isZero();
  }

  private double count(String outcome) {
    return meters
        .get("platform.security.authentication")
        .tags("kind", "user", "outcome", outcome)
        .counter()
        .count();
  }

  private static String refused(RecommendationServiceBlockingStub stub) {
    var status =
        catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stub.getRecommendations(GetRecommendationsRequest.getDefaultInstance()))
            .getStatus();
    assertThat(status.getCode()).isNotIn(Code.UNAVAILABLE, Code.UNKNOWN);
    return status.getCode() + " " + status.getDescription();
  }

  private static final class Whoami extends RecommendationServiceImplBase {

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      answer.onNext(
          GetRecommendationsResponse.newBuilder()
              .addProductIds(CallerIdentity.current().user().orElseThrow().subject())
              .build());
      answer.onCompleted();
    }
  }
}
