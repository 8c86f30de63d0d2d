package dev.platform.core.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceImplBase;
import dev.platform.core.Platform;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.retry.RetrySettings;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a program sets on a channel's builder is merged into what the resolver returns. */
class ChannelConfigTest {

  private static final String SERVICE = "recommendation.v1.RecommendationService";

  private final List<Shop> shops = new ArrayList<>();
  private EmbeddedEtcd etcd;
  private Platform platform;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    etcd = EmbeddedEtcd.builder().build();
    etcd.start();
    for (int i = 0; i < 2; i++) {
      Shop shop = new Shop();
      shops.add(shop);
      String address = "127.0.0.1:" + shop.server.getPort();
      etcd.put("/services/shop/" + address, address);
    }
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    platform.close();
    shops.forEach(shop -> shop.server.shutdownNow());
    etcd.close();
  }

  @Test
  void aMethodsTimeoutAppliesBesideThePlatformsRetries() {
    shops.forEach(shop -> shop.failures.set(1));
    connect(config(Map.of("timeout", "2s")));
    GetRecommendationsResponse answer = call();
    assertThat(Long.parseLong(answer.getProductIds(1))).isBetween(1L, 2_000L);
    assertThat(calls()).isGreaterThan(1);
  }

  @Test
  void aMethodsOwnRetryPolicyReplacesThePlatforms() {
    shops.forEach(shop -> shop.failures.set(100));
    connect(
        config(
            Map.of(
                "retryPolicy",
                Map.of(
                    "maxAttempts",
                    5.0,
                    "initialBackoff",
                    "0.001s",
                    "maxBackoff",
                    "0.01s",
                    "backoffMultiplier",
                    1.0,
                    "retryableStatusCodes",
                    List.of("UNAVAILABLE")))));
    assertThatThrownBy(this::call).hasMessageContaining("UNAVAILABLE");
    assertThat(calls()).isEqualTo(5);
  }

  @Test
  void otherMethodsKeepThePlatformsPolicy() {
    shops.forEach(shop -> shop.failures.set(100));
    connect(
        builder ->
            builder.defaultServiceConfig(
                Map.of(
                    "methodConfig",
                    List.of(
                        Map.of(
                            "name",
                            List.of(Map.of("service", "another.Service")),
                            "timeout",
                            "0.001s")))));
    assertThatThrownBy(this::call).hasMessageContaining("UNAVAILABLE");
    assertThat(calls()).isEqualTo(3);
  }

  @Test
  void aPolicyInTheDefaultServiceConfigWins() {
    connect(
        builder ->
            builder.defaultServiceConfig(
                Map.of("loadBalancingConfig", List.of(Map.of("pick_first", Map.of())))));
    assertThat(called()).hasSize(1);
  }

  @Test
  void aDefaultPolicyThatWasChangedWins() {
    connect(builder -> builder.defaultLoadBalancingPolicy("weighted_round_robin"));
    assertThatThrownBy(this::call).hasMessageContaining("weighted_round_robin");
  }

  @Test
  void aPolicyAsAResolversArgumentWins() {
    connect(builder -> builder.setNameResolverArg(ResolverContext.LOAD_BALANCING, "pick_first"));
    assertThat(called()).hasSize(1);
  }

  @Test
  void withoutOwnSettingsThePlatformsApply() {
    connect(builder -> {});
    assertThat(called()).hasSize(2);
  }

  private static Consumer<ManagedChannelBuilder<?>> config(Map<String, ?> fields) {
    Map<String, Object> method = new HashMap<>(fields);
    method.put("name", List.of(Map.of("service", SERVICE, "method", "GetRecommendations")));
    return builder -> builder.defaultServiceConfig(Map.of("methodConfig", List.of(method)));
  }

  private void connect(Consumer<ManagedChannelBuilder<?>> customizer) {
    platform =
        Platform.builder("caller")
            .etcd(EtcdSettings.defaults().withEndpoints(List.of(etcd.endpoint().toString())))
            .retries(retries())
            .build();
    ManagedChannelBuilder<?> builder = platform.channelBuilder("shop").usePlaintext();
    customizer.accept(builder);
    channel = builder.build();
  }

  private static RetrySettings retries() {
    RetrySettings some = RetrySettings.defaults();
    return new RetrySettings(
        true,
        false,
        List.of(SERVICE),
        List.of(),
        some.maxAttempts(),
        some.initialBackoff(),
        some.maxBackoff(),
        some.budget());
  }

  private GetRecommendationsResponse call() {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getRecommendations(GetRecommendationsRequest.getDefaultInstance());
  }

  /** The servers that answer many calls, once all servers have been found. */
  private Set<String> called() {
    await().until(() -> platform.directory().latest("shop").instances().size() == 2);
    for (int i = 0; i < 50; i++) {
      call();
    }
    Set<String> last = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      last.add(call().getProductIds(0));
    }
    return last;
  }

  private int calls() {
    return shops.stream().mapToInt(shop -> shop.calls.get()).sum();
  }

  /** Answers with its port and the time that is left. */
  private static final class Shop extends RecommendationServiceImplBase {

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final Server server;

    Shop() throws IOException {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(this)
              .build()
              .start();
    }

    @Override
    public void getRecommendations(
        GetRecommendationsRequest request, StreamObserver<GetRecommendationsResponse> answer) {
      calls.incrementAndGet();
      if (failures.getAndDecrement() > 0) {
        answer.onError(Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      Deadline deadline = Context.current().getDeadline();
      answer.onNext(
          GetRecommendationsResponse.newBuilder()
              .addProductIds(Integer.toString(server.getPort()))
              .addProductIds(
                  deadline == null
                      ? "none"
                      : Long.toString(deadline.timeRemaining(TimeUnit.MILLISECONDS)))
              .build());
      answer.onCompleted();
    }
  }
}
