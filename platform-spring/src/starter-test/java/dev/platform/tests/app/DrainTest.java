package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.spring.drain.Lifecycle;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** An app deregisters first, serves calls for a while, then stops. */
@ExtendWith(OutputCaptureExtension.class)
class DrainTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private ConfigurableApplicationContext app;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "leaving");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.drain.delay", "2s");
    properties.put("platform.drain.timeout", "20s");
    app = TestApp.start(properties);
    int port = app.getBean(EtcdRegistration.class).getPort();
    await().until(() -> etcd.server().keys("/services/leaving/").size() == 1);
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    app.close();
  }

  @Test
  void keepsServingAfterDeregistrationAndReportsNotServing() throws Exception {
    assertThat(health("")).isEqualTo(ServingStatus.SERVING);
    Lifecycle lifecycle = app.getBean(Lifecycle.class);
    assertThat(lifecycle.phase()).isEqualTo(LifecyclePhase.UP);
    assertThat(Line.health(app, "readiness")).isEqualTo("UP");
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    long start = System.nanoTime();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(app::close);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> etcd.server().keys("/services/leaving/").isEmpty());
    assertThat(closed).isNotDone();
    assertThat(ask()).isEqualTo("nobody");
    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(lifecycle.phase()).isEqualTo(LifecyclePhase.DRAINING);
    assertThat(meters.get("platform.lifecycle.phase").tag("phase", "DRAINING").gauge().value())
        .isEqualTo(1);
    // Listeners are notified one after the other: the registration before the probe.
    await().until(() -> Line.health(app, "readiness").equals("OUT_OF_SERVICE"));
    assertThat(closed).isNotDone();
    closed.get(20, TimeUnit.SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
    assertThat(lifecycle.phase()).isEqualTo(LifecyclePhase.STOPPED);
  }

  @Test
  void endsStreamsWithARetryableStatusAndCancelsTheirHandlers() {
    Iterator<ListProductsResponse> stream =
        ProductServiceGrpc.newBlockingStub(channel)
            .listProducts(ListProductsRequest.getDefaultInstance());
    stream.next();
    assertThat(app.getBean(Lifecycle.class).openCalls())
        .containsExactly(Map.entry("product.v1.ProductService/ListProducts", 1));
    TestApp.EndlessProducts endless = app.getBean(TestApp.EndlessProducts.class);
    app.close();
    StatusRuntimeException end =
        catchThrowableOfType(StatusRuntimeException.class, stream::hasNext);
    assertThat(end.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.UNAVAILABLE);
    assertThat(end.getStatus().getDescription())
        .isEqualTo("this server is shutting down, use another one");
    assertThat(endless.cancelled).hasValue(1);
  }

  @Test
  void healthOfTheServerAndOfEachServiceFollowsReadiness() {
    AvailabilityChangeEvent.publish(app, ReadinessState.REFUSING_TRAFFIC);
    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health("product.v1.ProductService")).isEqualTo(ServingStatus.NOT_SERVING);
    AvailabilityChangeEvent.publish(app, ReadinessState.ACCEPTING_TRAFFIC);
    assertThat(health("")).isEqualTo(ServingStatus.SERVING);
    assertThat(health("product.v1.ProductService")).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void callsItselfUntilItStopsAndLogsNoFailedResolution(CapturedOutput output) throws Exception {
    Channel self = Line.channel(app, "leaving");
    assertThat(ask(self)).isEqualTo("nobody");
    InstanceDirectory directory = app.getBean(InstanceDirectory.class);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(app::close);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> directory.latest("leaving").instances().isEmpty());
    assertThat(ask(self)).isEqualTo("nobody");
    closed.get(20, TimeUnit.SECONDS);
    assertThat(output).doesNotContain("Failed to resolve name");
  }

  private ServingStatus health(String service) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private String ask() {
    return ask(channel);
  }

  private static String ask(Channel to) {
    return RecommendationServiceGrpc.newBlockingStub(to)
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
        .getProductIds(0);
  }
}
