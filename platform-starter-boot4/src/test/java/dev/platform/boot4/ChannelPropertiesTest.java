package dev.platform.boot4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.starter.test.junit.EtcdExtension;
import io.grpc.Channel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.GlobalServerInterceptor;

/** Each of Spring's properties of a channel or server has its effect, or is a finding. */
@ExtendWith(OutputCaptureExtension.class)
class ChannelPropertiesTest {

  private static final String SHOP = "spring.grpc.client.channel.shop.";
  private static final String DEFAULT = "spring.grpc.client.channel.default.";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;
  private ConfigurableApplicationContext app;

  @BeforeAll
  static void startTwoShops() {
    one = Shop.start(Map.of("platform.etcd.endpoints", etcd.endpoint().toString()), Agents.class);
    two =
        Shop.start(
            Map.of("platform.etcd.endpoints", etcd.endpoint().toString(), "test.instance", "two"),
            Agents.class);
  }

  @AfterAll
  static void stopTheShops() {
    one.close();
    two.close();
  }

  @AfterEach
  void stop() {
    if (app != null) {
      app.close();
    }
  }

  @Test
  void deadline() {
    start(Map.of(SHOP + "default.deadline", "1s"));
    assertThat(Long.parseLong(ask("anybody").getProductIds(1))).isBetween(1L, 1_000L);
  }

  @Test
  void userAgent() {
    start(Map.of(SHOP + "user-agent", "mall/1"));
    ask("anybody");
    assertThat(Agents.SEEN).anyMatch(agent -> agent.startsWith("mall/1"));
  }

  @ParameterizedTest
  @CsvSource({
    "inbound.message.max-size, RESOURCE_EXHAUSTED",
    "inbound.metadata.max-size, INTERNAL"
  })
  void inboundSizes(String property, Code code) {
    start(Map.of(SHOP + property, "1B"));
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask("anybody"));
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
  }

  @Test
  void loadBalancingPolicy() {
    start(Map.of(SHOP + "default.load-balancing-policy", "pick_first"));
    Channel channel = channel();
    Set<String> served = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      served.add(ask(channel, "anybody").getProductIds(0));
    }
    assertThat(served).hasSize(1);
  }

  @Test
  void serviceConfig() {
    start(
        Map.of(
            SHOP + "service-config.method[0].name[0].service",
            "recommendation.v1.RecommendationService",
            SHOP + "service-config.method[0].timeout",
            "2s"));
    assertThat(Long.parseLong(ask("anybody").getProductIds(1))).isBetween(1L, 2_000L);
  }

  @Test
  void aCustomizersDefaultServiceConfig() {
    start(Map.of(), Timeouts.class);
    assertThat(Long.parseLong(ask("anybody").getProductIds(1))).isBetween(1L, 2_000L);
  }

  @Test
  void health() {
    start(Map.of(SHOP + "health.enabled", "true", SHOP + "health.service-name", "unknown"));
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask("anybody"));
    assertThat(failure.getStatus().getDescription()).contains("Health-check");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        SHOP
            + "bypass-certificate-validation=true"
            + " | "
            + SHOP
            + "bypass-certificate-validation: set in (place)"
            + " (expected: also .ssl.enabled or .ssl.bundle: the channel is in plaintext)",
        DEFAULT
            + "ssl.enabled=true;"
            + SHOP
            + "user-agent=mall/1"
            + " | "
            + DEFAULT
            + "ssl.enabled: set in (place) (expected: also"
            + " spring.grpc.client.channel.shop.ssl.enabled: Spring ignores default for a channel"
            + " with settings of its own)",
        DEFAULT
            + "inbound.message.max-size=8MB;"
            + SHOP
            + "user-agent=mall/1"
            + " | "
            + DEFAULT
            + "inbound.message.max-size: set in",
        "spring.grpc.server.health.status.mapping.down=SERVING"
            + " | spring.grpc.server.health.status.mapping: set in (place)"
            + " (expected: spring.grpc.server.health.schedule.enabled, true; while it is false,"
            + " gRPC health follows readiness)",
        "spring.grpc.server.health.schedule.period=1s"
            + " | spring.grpc.server.health.schedule.period: set in",
        "spring.grpc.server.observation.enabled=true"
            + " | spring.grpc.server.observation.enabled: set in (place) (expected:"
            + " platform.telemetry.grpc.enabled, false; while it is true, the platform's own"
            + " telemetry replaces Spring's)",
        "spring.grpc.client.observation.enabled=true"
            + " | spring.grpc.client.observation.enabled: set in",
      })
  void hasNoEffectAndIsReported(String properties, String expected, CapturedOutput output) {
    start(properties(properties));
    assertThat(output).containsOnlyOnce("platform.configuration-check.on-finding");
    assertThat(
            output
                .toString()
                .replaceAll("set in .* from property source \"test\"", "set in (place)"))
        .contains(expected);
    if (!properties.contains("ssl")) {
      assertThat(ask("anybody").getProductIdsList()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    SHOP + "service-config.method[0].name[0].service=a.B;" + SHOP + "health.enabled=false",
    SHOP + "bypass-certificate-validation=true;" + SHOP + "ssl.enabled=true",
    DEFAULT + "ssl.enabled=true;" + SHOP + "ssl.enabled=false",
    DEFAULT + "user-agent=mall/1",
    DEFAULT + "keepalive.time=20s;" + SHOP + "user-agent=mall/1",
    "spring.grpc.server.health.schedule.period=1s;spring.grpc.server.health.schedule.enabled=true",
    "spring.grpc.server.observation.enabled=false",
    "spring.grpc.server.observation.enabled=true;platform.telemetry.grpc.enabled=false",
    "spring.grpc.server.keepalive.connection.max-age=1h;spring.grpc.server.reflection.enabled=false",
  })
  void isNotReported(String properties, CapturedOutput output) {
    start(properties(properties));
    assertThat(output).doesNotContain("platform.configuration-check.on-finding");
  }

  private static Map<String, String> properties(String text) {
    Map<String, String> properties = new HashMap<>();
    for (String property : text.split(";")) {
      String[] parts = property.split("=", 2);
      properties.put(parts[0], parts[1]);
    }
    return properties;
  }

  private void start(Map<String, ?> properties, Class<?>... more) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("platform.etcd.endpoints", etcd.endpoint().toString());
    all.put("spring.application.name", "caller");
    app = Shop.start(all, more);
  }

  private GetRecommendationsResponse ask(String user) {
    return ask(channel(), user);
  }

  private Channel channel() {
    return app.getBean(GrpcChannelFactory.class).createChannel("shop");
  }

  private static GetRecommendationsResponse ask(Channel channel, String user) {
    return RecommendationServiceGrpc.newBlockingStub(channel)
        .getRecommendations(GetRecommendationsRequest.newBuilder().setUserId(user).build());
  }

  /** Sets a timeout. */
  static class Timeouts {

    @Bean
    <T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> timeouts() {
      Map<String, ?> method =
          Map.of(
              "name",
              List.of(Map.of("service", "recommendation.v1.RecommendationService")),
              "timeout",
              "2s");
      return (channel, builder) ->
          builder.defaultServiceConfig(Map.of("methodConfig", List.of(method)));
    }
  }

  /** Records who calls. */
  static class Agents {

    static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    private static final Metadata.Key<String> AGENT =
        Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

    @Bean
    @GlobalServerInterceptor
    ServerInterceptor agents() {
      return new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
          SEEN.add(String.valueOf(headers.get(AGENT)));
          return next.startCall(call, headers);
        }
      };
    }
  }
}
