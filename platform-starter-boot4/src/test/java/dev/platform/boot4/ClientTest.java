package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc.RecommendationServiceBlockingStub;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.ImportGrpcClients;

/** Spring's gRPC clients with the platform. */
@ExtendWith(OutputCaptureExtension.class)
class ClientTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static ConfigurableApplicationContext shop;
  private ConfigurableApplicationContext app;

  @BeforeAll
  static void startTheShop() {
    shop = Shop.start(Map.of("platform.etcd.endpoints", etcd.endpoint().toString()));
  }

  @AfterAll
  static void stopTheShop() {
    shop.close();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void findsAServiceByItsNameAlone() {
    start(Map.of());
    assertThat(ask(channel("shop"), "anybody").getProductIds(0)).isEqualTo("one");
  }

  @Test
  void stubsOfAnAnnotationFindTheirServiceToo() {
    start(Map.of());
    assertThat(
            app.getBean(RecommendationServiceBlockingStub.class)
                .getRecommendations(GetRecommendationsRequest.getDefaultInstance())
                .getProductIds(0))
        .isEqualTo("one");
  }

  @Test
  void anEntryWithoutATargetIsStillDiscovered() {
    start(Map.of("spring.grpc.client.channel.shop.inbound.message.max-size", "1MB"));
    assertThat(ask(channel("shop"), "anybody").getProductIds(0)).isEqualTo("one");
  }

  @Test
  void aConfiguredTargetTakesPrecedence() {
    int port = shop.getBean(EtcdRegistration.class).getPort();
    start(
        Map.of(
            "spring.grpc.client.channel.elsewhere.target",
            "static://127.0.0.1:${test.port}",
            "test.port",
            port,
            "spring.grpc.client.channel.shop.target",
            "discovery:///nobody"));
    assertThat(ask(channel("elsewhere"), "anybody").getProductIds(0)).isEqualTo("one");
    assertThat(ask(channel("127.0.0.1:" + port), "anybody").getProductIds(0)).isEqualTo("one");
    assertThatThrownBy(() -> ask(channel("shop"), "anybody"))
        .hasMessageContaining("no instance of nobody is known");
  }

  @Test
  void callsHaveADefaultDeadlineAndACallerName() {
    start(Map.of("platform.deadline.default-timeout", "4s"));
    assertThat(Long.parseLong(ask(channel("shop"), "anybody").getProductIds(1)))
        .isBetween(1L, 4_000L);
  }

  @Test
  void callsGoThroughABreaker() {
    start(Map.of());
    Channel channel = channel("shop");
    for (int i = 0; i < 6; i++) {
      assertThatThrownBy(() -> ask(channel, "broken"));
    }
    assertThat(app.getBean(CircuitBreakerRegistry.class).circuitBreaker("shop").getState())
        .isEqualTo(CircuitBreaker.State.OPEN);
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask(channel, "anybody"));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void unknownServicesInSettingsAreReported(CapturedOutput output) {
    start(
        Map.of(
            "resilience4j.circuitbreaker.instances.shop.sliding-window-size", "10",
            "resilience4j.circuitbreaker.instances.shpo.sliding-window-size", "10"),
        Injected.class);
    assertThat(output)
        .contains("resilience4j.circuitbreaker.instances: shpo (expected: a service")
        .doesNotContain("resilience4j.circuitbreaker.instances: shop ");
  }

  @Test
  void noCallFailsWhileOneOfTwoInstancesLeaves() throws Exception {
    start(Map.of("platform.resilience.retry.enabled", "false"));
    ConfigurableApplicationContext second =
        Shop.start(
            Map.of(
                "platform.etcd.endpoints", etcd.endpoint().toString(),
                "platform.drain.delay", "1s",
                "test.instance", "two"));
    Channel channel = channel("shop");
    AtomicBoolean enough = new AtomicBoolean();
    Set<String> served = ConcurrentHashMap.newKeySet();
    CompletableFuture<Void> calls =
        CompletableFuture.runAsync(
            () -> {
              while (!enough.get()) {
                served.add(ask(channel, "anybody").getProductIds(0));
              }
            });
    await().untilAsserted(() -> assertThat(served).containsExactlyInAnyOrder("one", "two"));
    second.close();
    assertThat(servers(channel, 20)).containsExactly("one");
    enough.set(true);
    calls.get(10, TimeUnit.SECONDS);

    long start = System.nanoTime();
    app.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("despite the 5 s for which gRPC keeps removed addresses")
        .isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void closesIdleConnectionsIfItsEntryHasAnIdleTimeout() {
    start(
        Map.of(
            "spring.grpc.client.channel.shop.inbound.message.max-size", "1MB",
            "spring.grpc.client.channel.brief.target", "discovery:///shop",
            "spring.grpc.client.channel.brief.idle.timeout", "1s"));
    var kept = (ManagedChannel) channel("shop");
    var brief = (ManagedChannel) channel("brief");
    ask(kept, "anybody");
    ask(brief, "anybody");
    await().until(() -> brief.getState(false) == ConnectivityState.IDLE);
    assertThat(kept.getState(false)).isEqualTo(ConnectivityState.READY);
  }

  private static Set<String> servers(Channel channel, int calls) {
    Set<String> servers = new HashSet<>();
    for (int i = 0; i < calls; i++) {
      servers.add(ask(channel, "anybody").getProductIds(0));
    }
    return servers;
  }

  private Channel channel(String name) {
    return app.getBean(GrpcChannelFactory.class).createChannel(name);
  }

  private static GetRecommendationsResponse ask(Channel channel, String user) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(user).build());
  }

  private void start(Map<String, ?> properties, Class<?>... more) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("platform.etcd.endpoints", etcd.endpoint().toString());
    all.put("spring.application.name", "caller");
    app = Shop.run(Caller.class, all, more);
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @ImportGrpcClients(target = "shop", types = RecommendationServiceBlockingStub.class)
  static class Caller {}

  /** Spring creates the stubs on first injection. */
  static class Injected {
    @Autowired RecommendationServiceBlockingStub recommendations;
  }
}
