package dev.platform.tests.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.balancer.BalancedInstance;
import dev.platform.core.balancer.BalancedInstance.State;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.registry.LeaseState;
import dev.platform.spring.endpoint.PlatformEndpoint;
import dev.platform.spring.endpoint.PlatformEndpoint.Watched;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

class PlatformEndpointTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @TempDir Path snapshots;

  @Test
  void showsTheRegistrationAndEachWatchedService() {
    try (var app = start()) {
      int port = app.getBean(EtcdRegistration.class).getPort();
      app.getBean(DiscoveryClient.class).getInstances("a");
      await().until(() -> watched(app).instances().size() == 1);
      var answer = ask(app);
      assertThat(answer.etcd()).isEqualTo("etcd at [%s] answers", etcd.endpoint());
      assertThat(answer.phase()).isEqualTo(LifecyclePhase.UP);
      assertThat(answer.registration().status()).isEqualTo("UP");
      assertThat(answer.registration().services()).containsExactly("a");
      assertThat(answer.registration().lease().state()).isEqualTo(LeaseState.HELD);
      assertThat(answer.registration().lease().keys())
          .containsExactly("/services/a/127.0.0.1:" + port);
      Watched a = watched(app);
      assertThat(a.instances().get(0).address()).isEqualTo("127.0.0.1:" + port);
      assertThat(a.origin()).isIn(Origin.LIST, Origin.WATCH);
      assertThat(a.following()).isTrue();
      assertThat(a.revision()).isEqualTo(etcd.server().revision());
    }
  }

  @Test
  void showsWhatTheBalancersKnow() throws Exception {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    String address = "127.0.0.1:" + server.getPort();
    etcd.server()
        .put(
            "/services/callee/" + address,
            """
            {"Op":0,"Addr":"%s","Metadata":{"zone":"z1","weight":"50"}}"""
                .formatted(address));
    try (var app = start()) {
      var unused =
          HealthGrpc.newBlockingStub(Line.channel(app, "callee"))
              .check(HealthCheckRequest.getDefaultInstance());
      await()
          .untilAsserted(
              () ->
                  assertThat(ask(app).balancers())
                      .singleElement()
                      .satisfies(
                          callee -> {
                            assertThat(callee.service()).isEqualTo("callee");
                            assertThat(callee.policy()).isEqualTo("peak_ewma");
                            BalancedInstance instance = callee.instances().get(0);
                            assertThat(instance.address()).isEqualTo(address);
                            assertThat(instance.zone()).isEqualTo("z1");
                            assertThat(instance.weight()).isEqualTo(50);
                            assertThat(instance.state()).isEqualTo(State.CALLED);
                            assertThat(instance.latencyMillis()).isPositive();
                            assertThat(instance.calls()).isZero();
                          }));
      MeterRegistry meters = app.getBean(MeterRegistry.class);
      assertThat(
              meters
                  .get("platform.balancer.instances")
                  .tags("service", "callee", "state", "called")
                  .gauge()
                  .value())
          .isEqualTo(1);
    } finally {
      server.shutdownNow();
      etcd.server().delete("/services/callee/" + address);
    }
  }

  @Test
  void showsTheAgeOfASnapshotHereAndInTheMetrics() {
    etcd.server().put("/services/a/127.0.0.1:1", "127.0.0.1:1");
    try (var app = start()) {
      assertThat(app.getBean(DiscoveryClient.class).getInstances("a")).isNotEmpty();
    }
    etcd.server().stop();
    try (var app = start()) {
      assertThat(app.getBean(DiscoveryClient.class).getInstances("a")).isNotEmpty();
      assertThat(watched(app).origin()).isEqualTo(Origin.SNAPSHOT);
      assertThat(watched(app).following()).isFalse();
      assertThat(originGauge(app, Origin.SNAPSHOT)).isEqualTo(1);
      await().until(() -> watched(app).ageSeconds() >= 1);
      assertThat(gauge(app, "platform.discovery.age")).isGreaterThanOrEqualTo(1);
      assertThat(gauge(app, "platform.discovery.following")).isZero();
      etcd.server().start();
      await().until(() -> watched(app).following());
      assertThat(originGauge(app, Origin.SNAPSHOT)).isZero();
    }
  }

  @Test
  void showsThatAnOperatorTookTheProcessOutOfService() {
    try (var app = start()) {
      await().until(() -> etcd.server().keys("/services/a/").size() == 1);
      app.getBean(ServiceRegistryEndpoint.class).setStatus("OUT_OF_SERVICE");
      assertThat(ask(app).registration().status()).isEqualTo("OUT_OF_SERVICE");
      assertThat(ask(app).registration().lease().state()).isEqualTo(LeaseState.IDLE);
      assertThat(ask(app).phase()).isEqualTo(LifecyclePhase.UP);
    }
  }

  private ConfigurableApplicationContext start() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("spring.application.name", "a");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.discovery.snapshot.directory", snapshots.toString());
    return TestApp.start(properties);
  }

  private static PlatformEndpoint.Platform ask(ApplicationContext app) {
    return app.getBean(PlatformEndpoint.class).platform();
  }

  private static Watched watched(ApplicationContext app) {
    List<Watched> services = ask(app).services();
    assertThat(services).extracting(Watched::service).containsExactly("a");
    return services.get(0);
  }

  private static double originGauge(ApplicationContext app, Origin origin) {
    return gauge(app, "platform.discovery.origin", "origin", origin.name());
  }

  private static double gauge(ApplicationContext app, String name, String... tags) {
    return app.getBean(MeterRegistry.class)
        .get(name)
        .tag("service", "a")
        .tags(tags)
        .gauge()
        .value();
  }
}
