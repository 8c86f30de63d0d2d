package dev.platform.tests.resolver;

import static dev.platform.tests.resolver.RealServers.ask;
import static dev.platform.tests.resolver.RealServers.askOften;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.platform.core.balancer.OutlierAvoidingLoadBalancerProvider;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.instance.InstanceAttributes;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Names resolved on real channels to real servers. */
class ServiceNameResolverTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final RealServers servers = new RealServers();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<ConfigurableApplicationContext> apps = new ArrayList<>();

  @AfterEach
  void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    apps.forEach(ConfigurableApplicationContext::close);
    servers.close();
  }

  @Test
  void aPlainChannelBalancesItsCallsAndFollowsEachChange() {
    app(Map.of());
    String first = register(servers.start());
    String second = register(servers.start());
    ManagedChannel channel = plain("etcd:///payment-service");
    await().untilAsserted(() -> assertThat(askOften(channel)).containsOnly(first, second));
    String third = register(servers.start());
    await().untilAsserted(() -> assertThat(askOften(channel)).containsOnly(first, second, third));
    etcd.server().delete("/services/payment-service/127.0.0.1:" + first);
    await().untilAsserted(() -> assertThat(askOften(channel)).containsOnly(second, third));
  }

  @Test
  void discoveryTargetsFollowTheWatchIfEtcdIsTheOnlyRegistry() {
    app(Map.of("platform.discovery.poll-interval", "1h"));
    ManagedChannel channel = plain("discovery:///payment-service");
    String first = register(servers.start());
    assertThat(ask(channel)).isEqualTo(first);
    String second = register(servers.start());
    await()
        .atMost(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(askOften(channel)).containsOnly(first, second));
  }

  @Test
  void discoveryTargetsUseOtherDiscoveryClientsToo() {
    String port = Integer.toString(servers.start());
    app(
        Map.of(
            "spring.cloud.discovery.client.simple.instances.payment-service[0].uri",
            "http://127.0.0.1:" + port));
    assertThat(ask(plain("discovery:///payment-service"))).isEqualTo(port);
  }

  @Test
  void theChannelFactoryAloneResolvesANameWithoutAnAddress() {
    ConfigurableApplicationContext app = app(Map.of());
    String port = register(servers.start());
    assertThat(ask(Line.channel(app, "payment-service"))).isEqualTo(port);
  }

  @Test
  void aTargetWithoutASchemeIsUnchangedElsewhereInTheJvm() {
    ConfigurableApplicationContext app = app(Map.of());
    Line.channel(app, "payment-service");
    int port = servers.start();
    assertThat(ask(plain("127.0.0.1:" + port))).isEqualTo(Integer.toString(port));
  }

  @Test
  void eachOfTwoContextsResolvesSeparately() {
    ConfigurableApplicationContext blue = app(Map.of("platform.etcd.namespace", "/blue"));
    ConfigurableApplicationContext green = app(Map.of("platform.etcd.namespace", "/green"));
    String bluePort = register("/blue", servers.start());
    String greenPort = register("/green", servers.start());
    var inBlue = Line.channel(blue, "payment-service");
    var inGreen = Line.channel(green, "payment-service");
    assertThat(ask(inBlue)).isEqualTo(bluePort);
    assertThat(ask(inGreen)).isEqualTo(greenPort);
  }

  @Test
  void aPlainChannelUsesTheOtherContextAfterItsOwnCloses() {
    app(Map.of());
    ConfigurableApplicationContext latest = app(Map.of());
    String first = register(servers.start());
    ManagedChannel channel = plain("etcd:///payment-service");
    assertThat(ask(channel)).isEqualTo(first);
    latest.close();
    String second = register(servers.start());
    await().untilAsserted(() -> assertThat(askOften(channel)).containsOnly(first, second));
  }

  @Test
  void callsSucceedWhileEtcdIsDown() {
    app(Map.of());
    String port = register(servers.start());
    ManagedChannel channel = plain("etcd:///payment-service");
    assertThat(ask(channel)).isEqualTo(port);
    etcd.server().stop();
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(5))
        .until(() -> ask(channel).equals(port));
  }

  @Test
  void aFirstCallWaitsForAFirstInstanceThenFailsAndRecoversWithoutARestart() {
    var app = app(Map.of("platform.discovery.wait-for-first-list", "1s"));
    InstanceDirectory directory = app.getBean(InstanceDirectory.class);
    directory.latest("another-service");
    await().until(() -> directory.describeRegistry().endsWith("answers"));
    ManagedChannel channel = plain("etcd:///payment-service");
    long start = System.nanoTime();
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> ask(channel));
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure.getStatus().getDescription())
        .isEqualTo(
            "no instance of payment-service is known; etcd at [%s] answers"
                .formatted(etcd.endpoint()));
    String port = register(servers.start());
    await().atMost(Duration.ofSeconds(1)).ignoreExceptions().until(() -> ask(channel).equals(port));
  }

  @Test
  void aFirstCallReportsThatEtcdDoesNotAnswer() {
    etcd.server().stop();
    app(Map.of("platform.discovery.wait-for-first-list", "1s"));
    assertThatThrownBy(() -> ask(plain("etcd:///payment-service")))
        .hasMessageContaining("no instance of payment-service is known; etcd at [")
        .hasMessageContaining("has not answered for");
  }

  @Test
  void stopsReportingAnEtcdThatAnswersAgain() {
    etcd.server().stop();
    app(Map.of("platform.discovery.wait-for-first-list", "500ms"));
    ManagedChannel channel = plain("etcd:///payment-service");
    assertThatThrownBy(() -> ask(channel)).hasMessageContaining("has not answered for");
    etcd.server().start();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> ask(channel))
                    .hasMessageEndingWith("etcd at [%s] answers".formatted(etcd.endpoint())));
  }

  @Test
  void reportsThatTheLastInstanceHasLeft() {
    app(Map.of());
    RealServers leaving = new RealServers();
    String port = register(leaving.start());
    ManagedChannel channel = plain("etcd:///payment-service");
    assertThat(ask(channel)).isEqualTo(port);
    etcd.server()
        .put(
            "/services/payment-service/127.0.0.1:" + port,
            """
            {"Op":0,"Addr":"127.0.0.1:%s","Metadata":{"status":"OUT_OF_SERVICE"}}"""
                .formatted(port));
    leaving.close();
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> ask(channel))
                    .hasMessageContaining("the last instance of payment-service has deregistered"));
  }

  @Test
  void aHostNameIsResolvedByDns() {
    app(Map.of());
    int port = servers.start();
    etcd.server().put("/services/payment-service/localhost:" + port, "localhost:" + port);
    assertThat(ask(plain("etcd:///payment-service"))).isEqualTo(Integer.toString(port));
  }

  @Test
  void rejectsATargetWithoutAServiceName() {
    assertThatThrownBy(() -> plain("etcd:///"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasStackTraceContaining("etcd:/// (expected: etcd:///service-name)");
  }

  @Test
  void usesTheConfiguredPolicyAndPassesItTypedAttributes() {
    RecordingPolicy policy = new RecordingPolicy();
    LoadBalancerRegistry.getDefaultRegistry().register(policy);
    try {
      app(Map.of("platform.grpc.load-balancing", RecordingPolicy.NAME));
      int port = servers.start();
      etcd.server()
          .put(
              "/services/payment-service/127.0.0.1:" + port,
              """
              {"Op":0,"Addr":"127.0.0.1:%d","Metadata":{"zone":"z1","weight":7,"version":"2"}}"""
                  .formatted(port));
      assertThat(ask(plain("etcd:///payment-service"))).isEqualTo(Integer.toString(port));
      var attributes = policy.seen.get(0).getAddresses().get(0).getAttributes();
      assertThat(attributes.get(InstanceAttributes.ZONE)).isEqualTo("z1");
      assertThat(attributes.get(InstanceAttributes.VERSION)).isEqualTo("2");
      assertThat(attributes.get(InstanceAttributes.WEIGHT)).isEqualTo(7);
      assertThat(attributes.get(InstanceAttributes.METADATA)).containsEntry("zone", "z1");
    } finally {
      LoadBalancerRegistry.getDefaultRegistry().deregister(policy);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void silentInstancesAreDetectedUnlessDisabled(boolean avoid) {
    RecordingPolicy policy = new RecordingPolicy();
    LoadBalancerRegistry.getDefaultRegistry().register(policy);
    try {
      app(
          Map.of(
              "platform.grpc.load-balancing",
              RecordingPolicy.NAME,
              "platform.grpc.avoid-silent-instances",
              Boolean.toString(avoid),
              "platform.resilience.outlier-detection.enabled",
              "false"));
      int port = servers.start();
      String name = register(port);
      assertThat(ask(plain("etcd:///payment-service"))).isEqualTo(name);
      String between = OutlierAvoidingLoadBalancerProvider.class.getPackageName();
      assertThat(policy.subchannels)
          .allMatch(way -> way.getClass().getPackageName().equals(between) == avoid)
          .isNotEmpty();
    } finally {
      LoadBalancerRegistry.getDefaultRegistry().deregister(policy);
    }
  }

  private ConfigurableApplicationContext app(Map<String, String> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("spring.application.name", "caller");
    // Tests of this class share an etcd address; a snapshot of one test must not affect the next.
    properties.put("platform.discovery.snapshot.enabled", "false");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    ConfigurableApplicationContext app = TestApp.start(properties);
    apps.add(app);
    return app;
  }

  private ManagedChannel plain(String target) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
    channels.add(channel);
    return channel;
  }

  private static String register(int port) {
    return register("", port);
  }

  private static String register(String namespace, int port) {
    etcd.server()
        .put(namespace + "/services/payment-service/127.0.0.1:" + port, "127.0.0.1:" + port);
    return Integer.toString(port);
  }
}
