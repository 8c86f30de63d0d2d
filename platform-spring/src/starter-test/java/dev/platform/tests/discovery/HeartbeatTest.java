package dev.platform.tests.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.event.HeartbeatMonitor;
import org.springframework.context.ConfigurableApplicationContext;

/** What refreshes itself on Spring Cloud's heartbeats learns of changes in etcd. */
class HeartbeatTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final List<HeartbeatEvent> heartbeats = new CopyOnWriteArrayList<>();

  @Test
  void changesOfAWatchedServiceAreReported() {
    try (var app = start(Map.of())) {
      DiscoveryClient client = app.getBean(DiscoveryClient.class);
      put("/services/watched/10.0.0.1:1");
      await().until(() -> client.getInstances("watched").size() == 1);
      awaitHeartbeatAfter(0);
      int before = heartbeats.size();

      put("/services/watched/10.0.0.2:1");

      awaitHeartbeatAfter(before);
      assertThat(client.getInstances("watched")).hasSize(2);
      HeartbeatMonitor monitor = new HeartbeatMonitor();
      assertThat(heartbeats).allMatch(event -> monitor.update(event.getValue()));
    }
  }

  @Test
  void newAndVanishedServicesAreReportedOnceNamesWereAskedFor() {
    try (var app = start(Map.of())) {
      DiscoveryClient client = app.getBean(DiscoveryClient.class);
      assertThat(client.getServices()).doesNotContain("newcomer");
      put("/services/newcomer/10.0.0.1:1");
      awaitHeartbeatAfter(0);
      assertThat(client.getServices()).contains("newcomer");
      int before = heartbeats.size();

      etcd.server().delete("/services/newcomer/10.0.0.1:1");

      awaitHeartbeatAfter(before);
      assertThat(client.getServices()).doesNotContain("newcomer");
    }
  }

  @Test
  void canBeSwitchedOff() {
    try (var app = start(Map.of("platform.discovery.heartbeat.enabled", "false"))) {
      assertThat(app.containsBean("etcdHeartbeat")).isFalse();
    }
  }

  private void awaitHeartbeatAfter(int count) {
    await().until(() -> heartbeats.size() > count);
  }

  private static void put(String key) {
    etcd.server().put(key, key.substring(key.lastIndexOf('/') + 1));
  }

  private ConfigurableApplicationContext start(Map<String, String> more) {
    Map<String, String> properties = new java.util.HashMap<>(more);
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("spring.application.name", "listener");
    return TestApp.start(
        properties,
        context ->
            context.addApplicationListener(
                event -> {
                  if (event instanceof HeartbeatEvent heartbeat) {
                    heartbeats.add(heartbeat);
                  }
                }));
  }
}
