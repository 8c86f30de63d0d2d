package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.product.v1.ListProductsRequest;
import dev.platform.contracts.product.v1.ListProductsResponse;
import dev.platform.contracts.product.v1.ProductServiceGrpc;
import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** Spring's gRPC server with the platform. */
class ServerTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private ConfigurableApplicationContext app;
  private ManagedChannel channel;

  @AfterEach
  void stop() {
    if (channel != null) {
      channel.shutdownNow();
    }
    app.close();
  }

  @Test
  void isRegisteredWithItsBoundPort() {
    start(Map.of());
    int port = app.getBean(EtcdRegistration.class).getPort();
    assertThat(port).isPositive();
    await()
        .untilAsserted(
            () ->
                assertThat(etcd.server().keys("/services/shop/"))
                    .containsExactly("/services/shop/127.0.0.1:" + port));
    assertThat(app.getBean(HealthEndpoint.class).healthForPath("registry").getStatus().getCode())
        .isEqualTo("UP");
    app.close();
    assertThat(etcd.server().keys("/services/shop/")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "illegal, INVALID_ARGUMENT, ours",
    "unsupported, UNIMPLEMENTED, Spring's",
    "broken, INTERNAL, internal error"
  })
  void mapsExceptionsByThePlatformsMappersAndBySpringsHandlers(
      String user, Status.Code code, String description) {
    start(Map.of());
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask(user));
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).isEqualTo(description);
  }

  @ParameterizedTest
  @CsvSource({"unsupported, UNIMPLEMENTED", "broken, UNKNOWN"})
  void leavesExceptionsToSpringIfConfigured(String user, Status.Code code) {
    start(Map.of("platform.grpc.exception-mapping.enabled", "false"));
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask(user));
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
  }

  @Test
  void observesACallRejectedByAnApplicationInterceptor() {
    start(Map.of(), Guarded.class);
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask("anybody"));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    MeterRegistry meters = app.getBean(MeterRegistry.class);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        meters
                            .get("rpc.server.call.duration")
                            .tag("rpc.response.status_code", "UNAUTHENTICATED")
                            .timer()
                            .count())
                    .isEqualTo(1));
  }

  @Test
  void runsHandlersOnThePlatformsThreads() {
    start(Map.of());
    assertThat(ask("anybody").getProductIds(2)).startsWith("grpc-server");
  }

  @Test
  void keepsAnExecutorOfTheApplication() {
    start(Map.of(), OwnExecutor.class);
    assertThat(ask("anybody").getProductIds(2)).isEqualTo("own");
  }

  @Test
  void listsItsServicesByReflection() throws Exception {
    start(Map.of("spring.grpc.server.reflection.enabled", "true"));
    CompletableFuture<List<String>> names = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    names.complete(
                        response.getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName)
                            .toList());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    names.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(names.get(5, TimeUnit.SECONDS))
        .contains("recommendation.v1.RecommendationService", "grpc.health.v1.Health");
    requests.onCompleted();
  }

  @Test
  void drainingReportsNotServingEndsStreamsAndFinishesCalls() throws Exception {
    start(Map.of("platform.drain.delay", "2s"));
    await().until(() -> health() == ServingStatus.SERVING);
    Iterator<HealthCheckResponse> watch =
        HealthGrpc.newBlockingStub(channel).watch(HealthCheckRequest.getDefaultInstance());
    assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    Iterator<ListProductsResponse> products =
        ProductServiceGrpc.newBlockingStub(channel)
            .listProducts(ListProductsRequest.getDefaultInstance());
    products.next();
    Shop.Recommendations service = app.getBean(Shop.Recommendations.class);
    var underWay =
        RecommendationServiceGrpc.newFutureStub(channel)
            .getRecommendations(
                GetRecommendationsRequest.newBuilder().setUserId(Shop.PATIENT).build());
    await().until(() -> service.waiting.size() == 1);

    long start = System.nanoTime();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(app::close);
    assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    await().until(() -> etcd.server().keys("/services/shop/").isEmpty());
    assertThat(ask("anybody").getProductIds(0)).isEqualTo("one");
    StatusRuntimeException end =
        catchThrowableOfType(StatusRuntimeException.class, products::hasNext);
    assertThat(end.getStatus().getDescription()).contains("this server is shutting down");
    assertThat(closed).isNotDone();
    service.waiting.forEach(Runnable::run);
    assertThat(underWay.get(5, TimeUnit.SECONDS).getProductIds(0)).isEqualTo("one");
    closed.get(20, TimeUnit.SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(10));
  }

  private void start(Map<String, ?> properties, Class<?>... more) {
    var all = new HashMap<String, Object>(properties);
    all.put("platform.etcd.endpoints", etcd.endpoint().toString());
    app = Shop.start(all, more);
    int port = app.getBean(EtcdRegistration.class).getPort();
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
  }

  private GetRecommendationsResponse ask(String user) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(user).build());
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  /** Intercepts like Spring Security, outside the platform's inner group. */
  static class Guarded {

    @Bean
    @Order(2)
    @GlobalServerInterceptor
    ServerInterceptor guard() {
      return new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
          throw Status.UNAUTHENTICATED.asRuntimeException();
        }
      };
    }
  }

  static class OwnExecutor {

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> ownExecutor() {
      return server -> server.executor(task -> new Thread(task, "own").start());
    }
  }
}
