package dev.platform.core.concurrency;

import static dev.platform.core.concurrency.GatedServer.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Gradient2;
import dev.platform.core.concurrency.ConcurrencyLimitSettings.Shares;
import dev.platform.core.outcome.Rejection;
import dev.platform.core.priority.Priority;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls over a real socket to a server that answers when the test lets it. */
class ConcurrencyLimitServerInterceptorTest {

  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ConcurrencyLimit limit;
  private GatedServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void rejectsCallsOverTheLimitImmediatelyAndForbidsRetries() throws Exception {
    start(2, Map.of());
    server.hold();
    server.hold();

    StatusRuntimeException refused = failure(server.hold());

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription())
        .isEqualTo("concurrency limit exceeded for product.v1.ProductService/GetProduct");
    assertThat(Rejection.of(refused.getTrailers())).contains(Rejection.CONCURRENCY_LIMIT);
    assertThat(refused.getTrailers().get(PUSHBACK)).isEqualTo("-1");
    assertThat(
            meters
                .get("platform.concurrency.shed")
                .tags("method", GatedServer.GET_PRODUCT, "priority", "normal")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void anEndedCallFreesItsPlaceRegardlessOfItsStatus() throws Exception {
    start(1, Map.of());

    ListenableFuture<?> answered = server.hold();
    server.answer();
    answered.get();
    awaitNoCallInFlight();

    ListenableFuture<?> failed = server.hold();
    server.fail();
    assertThat(failure(failed).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    awaitNoCallInFlight();

    server.hold().cancel(true);
    awaitNoCallInFlight();

    assertThat(failure(server.hold(Duration.ofMillis(200))).getStatus().getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    awaitNoCallInFlight();
  }

  @Test
  void lowPriorityIsRejectedFirstAndHighLast() throws Exception {
    start(10, Map.of("recommendation.v1.RecommendationService", Priority.LOW));
    holdCalls(6);
    assertThat(failure(server.holdRecommendation()).getStatus().getCode())
        .as("six of ten permits are in use")
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    holdCalls(3);
    assertThat(failure(server.hold()).getStatus().getCode())
        .as("nine of ten permits are in use")
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(limit.inFlight()).isEqualTo(9);
  }

  @Test
  void highPriorityMayUseTheWholeLimit() throws Exception {
    start(10, Map.of(GatedServer.RECOMMEND, Priority.HIGH));
    holdCalls(9);
    assertThat(failure(server.hold()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    assertThat(server.holdRecommendation().isDone()).isFalse();
    assertThat(limit.inFlight()).isEqualTo(10);
    assertThat(failure(server.holdRecommendation()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void aMethodCountsItsRefusedCallsFromZero() throws Exception {
    start(1, Map.of());
    server.hold();

    for (Priority priority : Priority.values()) {
      assertThat(
              meters
                  .get("platform.concurrency.shed")
                  .tags("method", GatedServer.GET_PRODUCT, "priority", priority.id())
                  .counter()
                  .count())
          .isZero();
    }
  }

  @Test
  void thePriorityOfTheCallCountsWhereNoneIsSetForItsMethod() throws Exception {
    start(10, Map.of());
    server.callsBring(Priority.LOW);
    holdCalls(6);
    assertThat(failure(server.hold()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(
            meters
                .get("platform.concurrency.shed")
                .tags("method", GatedServer.GET_PRODUCT, "priority", "low")
                .counter()
                .count())
        .isEqualTo(1);

    server.callsBring(Priority.HIGH);
    holdCalls(4);
  }

  @Test
  void theLowerOfTheCallsAndItsMethodsPriorityCounts() throws Exception {
    start(10, Map.of(GatedServer.GET_PRODUCT, Priority.LOW, GatedServer.RECOMMEND, Priority.HIGH));
    server.callsBring(Priority.HIGH);
    holdCalls(6);
    assertThat(failure(server.hold()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    server.callsBring(Priority.LOW);
    assertThat(failure(server.holdRecommendation()).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void streamsDoNotCount() throws Exception {
    start(1, Map.of());
    server.openStream();
    server.openStream();

    assertThat(limit.inFlight()).isZero();
    assertThat(server.hold().isDone()).isFalse();
  }

  @Test
  void healthChecksAreNeverRejected() throws Exception {
    start(1, Map.of());
    server.hold();

    assertThat(server.health()).isEqualTo(ServingStatus.SERVING);
  }

  private void holdCalls(int calls) {
    for (int i = 0; i < calls; i++) {
      assertThat(server.hold().isDone()).as("call %d is in flight", i).isFalse();
    }
  }

  private void awaitNoCallInFlight() {
    await().until(() -> limit.inFlight() == 0);
  }

  private void start(int places, Map<String, Priority> priorities) throws Exception {
    limit = ConcurrencyLimit.fixed(places);
    ConcurrencyLimitSettings properties =
        new ConcurrencyLimitSettings(
            places, new Gradient2(50, 10, 500), new Shares(0.6, 0.9), priorities);
    server =
        new GatedServer(
            new ConcurrencyLimitServerInterceptor(limit, properties, meters, System::nanoTime));
  }
}
