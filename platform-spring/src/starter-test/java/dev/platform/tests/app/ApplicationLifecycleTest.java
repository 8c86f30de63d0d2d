package dev.platform.tests.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.drain.LifecyclePhase;
import dev.platform.spring.drain.Lifecycle;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.registry.EtcdServiceRegistry;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.line.Line;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/** The lifecycle of an app from start to end. */
class ApplicationLifecycleTest {

  private static final String WANTED = "platform.registry.wanted";

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @Test
  void registersEachOfItsServicesWithEtcdsOwnGrpcNamingFormat() {
    try (var app = TestApp.start(properties("platform.registry.services", "a,b"))) {
      int port = app.getBean(EtcdRegistration.class).getPort();
      awaitKeys("/services/a/127.0.0.1:" + port, "/services/b/127.0.0.1:" + port);
      String value = etcd.server().get("/services/a/127.0.0.1:" + port).orElseThrow();
      assertThat(value)
          .startsWith("{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":{".formatted(port))
          .contains("\"gRPC_port\":\"%d\"".formatted(port))
          .contains("\"instance-id\":", "\"started-at\":", "\"weight\":\"100\"");
      assertThat(etcd.server().leases()).hasSize(1);
    }
    assertThat(etcd.server().keys("/services/")).isEmpty();
    assertThat(etcd.server().leases()).isEmpty();
  }

  @Test
  void emptyMetadataAreOmitted() {
    Map<String, Object> properties = properties("platform.registry.metadata.zone", "");
    properties.put("platform.registry.metadata.rack", "r-1");
    try (var app = TestApp.start(properties)) {
      assertThat(app.getBean(EtcdRegistration.class).getMetadata())
          .containsEntry("rack", "r-1")
          .doesNotContainKey("zone");
    }
  }

  @Test
  void isNamedAfterTheApplicationByDefault() {
    try (var app = TestApp.start(properties("spring.application.name", "my-app"))) {
      awaitKeys("/services/my-app/127.0.0.1:" + app.getBean(EtcdRegistration.class).getPort());
    }
  }

  @Test
  void writesPlainAddressesBelowANamespaceIfConfigured() {
    Map<String, Object> properties = properties("spring.application.name", "my-app");
    properties.put("platform.etcd.namespace", "staging");
    properties.put("platform.registry.value-format", "address");
    try (var app = TestApp.start(properties)) {
      String address = "127.0.0.1:" + app.getBean(EtcdRegistration.class).getPort();
      String key = "/staging/services/my-app/" + address;
      await().until(() -> etcd.server().get(key).equals(Optional.of(address)));
      assertThat(etcd.server().get("/staging/instances/my-app/" + address).orElseThrow())
          .contains("instance-id");
    }
    assertThat(etcd.server().keys("/staging/")).isEmpty();
  }

  @Test
  void isRegisteredInTheLayoutsOfFrameworksIfConfigured() {
    Map<String, Object> properties = properties("spring.application.name", "my-app");
    properties.put("platform.registry.layouts", "platform, go-zero, kratos");
    try (var app = TestApp.start(properties)) {
      String address = "127.0.0.1:" + app.getBean(EtcdRegistration.class).getPort();
      awaitKeys("/services/my-app/" + address);
      List<String> goZero = etcd.server().keys("my-app/");
      assertThat(goZero).hasSize(1);
      assertThat(etcd.server().get(goZero.get(0))).contains(address);
      List<String> kratos = etcd.server().keys("/microservices/my-app/");
      assertThat(kratos).hasSize(1);
      assertThat(etcd.server().get(kratos.get(0)).orElseThrow()).contains("grpc://" + address);
    }
    assertThat(etcd.server().keys("my-app/")).isEmpty();
    assertThat(etcd.server().keys("/microservices/")).isEmpty();
  }

  @Test
  void aWebAppWithoutGrpcRegistersItsHttpPort() {
    Map<String, Object> properties = properties("spring.application.name", "web-app");
    properties.putAll(Line.withoutServer());
    try (var app = TestApp.startWithWeb(properties)) {
      int port = TestApp.webPort(app);
      await().until(() -> etcd.server().keys("/services/").size() == 1);
      assertThat(etcd.server().keys("/services/").get(0)).endsWith(":" + port);
      assertThat(etcd.server().keys("/services/").get(0)).startsWith("/services/web-app/");
    }
  }

  @Test
  void anAppWithBothRegistersTheGrpcPortWithTheHttpPortAsMetadata() {
    try (var app = TestApp.startWithWeb(properties("spring.application.name", "both"))) {
      int http = TestApp.webPort(app);
      int grpc = app.getBean(EtcdRegistration.class).getPort();
      assertThat(http).isNotEqualTo(grpc);
      awaitKeys("/services/both/127.0.0.1:" + grpc);
      assertThat(etcd.server().get("/services/both/127.0.0.1:" + grpc).orElseThrow())
          .contains("\"http-port\":\"%d\"".formatted(http));
    }
  }

  @Test
  void isRegisteredOnlyOnceEveryServerListensEvenIfReadyEarlier() {
    Map<String, Object> properties = properties("platform.registry.advertise-port", "4711");
    List<Object> events = new ArrayList<>();
    try (var app =
        TestApp.start(
            properties,
            context -> {
              context.addApplicationListener(
                  event -> {
                    if (Line.isServerStarted(event)) {
                      events.add(context.getBean(Lifecycle.class).phase());
                    } else if (event instanceof InstanceRegisteredEvent<?>) {
                      events.add("registered");
                    }
                  });
              context.getBeanFactory().registerSingleton("hasty", new EarlyReadiness(context));
            })) {
      assertThat(events).containsExactly(LifecyclePhase.STARTING, "registered");
      assertThat(app.getBean(Lifecycle.class).phase()).isEqualTo(LifecyclePhase.UP);
      awaitKeys("/services/test-app/127.0.0.1:4711");
    }
  }

  /** Publishes readiness before any other bean has started. */
  private record EarlyReadiness(ApplicationContext context) implements SmartLifecycle {

    @Override
    public void start() {
      AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
    }

    @Override
    public void stop() {
      // Nothing to stop.
    }

    @Override
    public boolean isRunning() {
      return false;
    }

    @Override
    public int getPhase() {
      return Integer.MIN_VALUE;
    }
  }

  @Test
  void losingReadinessDeregistersAndRegainingItRegisters() {
    try (var app = TestApp.start(properties("spring.application.name", "a"))) {
      await().until(() -> etcd.server().keys("/services/a/").size() == 1);
      AvailabilityChangeEvent.publish(app, ReadinessState.REFUSING_TRAFFIC);
      assertThat(etcd.server().keys("/services/a/")).isEmpty();
      AvailabilityChangeEvent.publish(app, ReadinessState.ACCEPTING_TRAFFIC);
      await().until(() -> etcd.server().keys("/services/a/").size() == 1);
    }
  }

  @Test
  void anOperatorsOutOfServiceOutlastsLostLeasesAndReadiness() {
    try (var app = TestApp.start(properties("spring.application.name", "a"))) {
      await().until(() -> etcd.server().keys("/services/a/").size() == 1);
      ServiceRegistryEndpoint endpoint = app.getBean(ServiceRegistryEndpoint.class);
      assertThat(endpoint.getStatus().getBody()).isEqualTo("UP");
      endpoint.setStatus("OUT_OF_SERVICE");
      assertThat(etcd.server().keys("/services/a/")).isEmpty();
      etcd.server().wipe();
      assertThat(endpoint.getStatus().getBody()).isEqualTo("OUT_OF_SERVICE");
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(5))
          .until(() -> etcd.server().keys("/services/a/").isEmpty());
      AvailabilityChangeEvent.publish(app, ReadinessState.REFUSING_TRAFFIC);
      AvailabilityChangeEvent.publish(app, ReadinessState.ACCEPTING_TRAFFIC);
      assertThat(endpoint.getStatus().getBody()).isEqualTo("OUT_OF_SERVICE");
      assertThat(etcd.server().leases()).isEmpty();
      endpoint.setStatus("UP");
      await().until(() -> etcd.server().keys("/services/a/").size() == 1);
    }
  }

  @Test
  void startsAndServesWithoutEtcdAndRegistersLater() {
    etcd.server().stop();
    try (var app = TestApp.start(properties("spring.application.name", "a"))) {
      assertThat(Line.health(app, "registry")).isEqualTo("UNKNOWN");
      etcd.server().start();
      await().until(() -> etcd.server().keys("/services/a/").size() == 1);
      await().until(() -> Line.health(app, "registry").equals("UP"));
    }
  }

  @Test
  void discoveryClientsSeeOtherInstances() {
    try (var app = TestApp.start(properties("spring.application.name", "a"));
        var other = TestApp.start(properties("spring.application.name", "b"))) {
      await().until(() -> etcd.server().keys("/services/").size() == 2);
      List<ServiceInstance> found = app.getBean(DiscoveryClient.class).getInstances("b");
      assertThat(found).hasSize(1);
      assertThat(found.get(0).getPort()).isEqualTo(other.getBean(EtcdRegistration.class).getPort());
      assertThat(app.getBean(DiscoveryClient.class).getServices()).contains("a", "b");
      assertThat(
              app.getBean(ReactiveDiscoveryClient.class)
                  .getInstances("b")
                  .collectList()
                  .block(Duration.ofSeconds(5)))
          .isEqualTo(found);
    }
  }

  @Test
  void metersShowTheLeaseTheLifecycleAndEachWatchedService() {
    try (var app = TestApp.start(properties("spring.application.name", "a"))) {
      app.getBean(DiscoveryClient.class).getInstances("a");
      MeterRegistry meters = app.getBean(MeterRegistry.class);
      await()
          .untilAsserted(
              () -> {
                assertThat(gauge(meters, "platform.registry.registered")).isEqualTo(1);
                FunctionTimer routable =
                    meters.get("platform.registry.time.to.routable").functionTimer();
                assertThat(routable.count()).isOne();
                assertThat(routable.totalTime(TimeUnit.SECONDS)).isPositive();
                assertThat(gauge(meters, "platform.lifecycle.phase", "phase", "UP")).isEqualTo(1);
                assertThat(gauge(meters, "platform.discovery.instances", "service", "a"))
                    .isEqualTo(1);
                assertThat(gauge(meters, "platform.discovery.following", "service", "a"))
                    .isEqualTo(1);
                assertThat(gauge(meters, "platform.discovery.held", "service", "a")).isZero();
                assertThat(gauge(meters, "platform.discovery.revision", "service", "a"))
                    .isEqualTo(etcd.server().revision());
              });
    }
  }

  @Test
  void anInstanceThatIsNotRegisteredOnPurposeIsNotWanted() {
    try (var app = TestApp.start(properties("platform.registry.lease-ttl", "2s"))) {
      MeterRegistry meters = app.getBean(MeterRegistry.class);
      ServiceRegistryEndpoint endpoint = app.getBean(ServiceRegistryEndpoint.class);
      assertThat(gauge(meters, WANTED)).isEqualTo(1);

      endpoint.setStatus("OUT_OF_SERVICE");
      assertThat(gauge(meters, WANTED)).isZero();
      endpoint.setStatus("UP");
      assertThat(gauge(meters, WANTED)).isEqualTo(1);

      AvailabilityChangeEvent.publish(app, ReadinessState.REFUSING_TRAFFIC);
      assertThat(gauge(meters, WANTED)).isZero();
      AvailabilityChangeEvent.publish(app, ReadinessState.ACCEPTING_TRAFFIC);
      assertThat(gauge(meters, WANTED)).isEqualTo(1);

      etcd.server().stop();
      await().until(() -> gauge(meters, "platform.registry.registered") == 0);
      assertThat(gauge(meters, WANTED)).as("while etcd is away").isEqualTo(1);
      etcd.server().start();
    }
  }

  private static double gauge(MeterRegistry meters, String name, String... tags) {
    return meters.get(name).tags(tags).gauge().value();
  }

  @Test
  void canBeDisabledByTheStandardProperties() {
    Map<String, Object> properties = properties("spring.application.name", "a");
    properties.put("spring.cloud.service-registry.auto-registration.enabled", false);
    try (var app = TestApp.start(properties)) {
      assertThat(app.getBeansOfType(EtcdServiceRegistry.class)).isEmpty();
    }
    properties.remove("spring.cloud.service-registry.auto-registration.enabled");
    properties.put("spring.cloud.discovery.enabled", false);
    try (var app = TestApp.start(properties)) {
      assertThat(app.getBeansOfType(EtcdServiceRegistry.class)).isEmpty();
      assertThat(etcd.server().keys("/services/")).isEmpty();
    }
  }

  @Test
  void leavesNoThreadWatchConnectionOrLeaseBehind() {
    Map<String, Object> properties = properties("spring.application.name", "a");
    TestApp.start(properties).close();
    Set<Thread> before = liveThreads();
    try (var app = TestApp.start(properties)) {
      app.getBean(DiscoveryClient.class).getInstances("a");
      await().until(() -> etcd.server().keys("/services/").size() == 1);
      assertThat(names(newThreads(before))).contains("platform-etcd");
      await().until(() -> etcd.embeddedServer().watchStreams() == 1);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(names(newThreads(before))).isEmpty());
    assertThat(etcd.server().leases()).isEmpty();
    await().until(() -> etcd.embeddedServer().watchStreams() == 0);
  }

  private static Set<Thread> liveThreads() {
    return Set.copyOf(Thread.getAllStackTraces().keySet());
  }

  private static Set<Thread> newThreads(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && !thread.getName().startsWith("awaitility"))
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Set<Thread> threads) {
    return threads.stream().map(Thread::getName).collect(Collectors.toCollection(TreeSet::new));
  }

  private static void awaitKeys(String... keys) {
    await().until(() -> etcd.server().keys("/services/").equals(List.of(keys)));
  }

  private static Map<String, Object> properties(String name, String value) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put(name, value);
    properties.putIfAbsent("spring.application.name", "test-app");
    return properties;
  }
}
