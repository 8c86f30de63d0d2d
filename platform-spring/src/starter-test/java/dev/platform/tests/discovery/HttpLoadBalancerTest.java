package dev.platform.tests.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.context.ConfigurableApplicationContext;

/** HTTP clients that choose an instance by the name of a service. */
class HttpLoadBalancerTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final Map<String, Object> properties = new HashMap<>();

  @Test
  void choosesTheHttpPortWhileDiscoveryListsTheGrpcPort() {
    try (var app = start()) {
      int grpc = app.getBean(EtcdRegistration.class).getPort();

      ServiceInstance chosen = app.getBean(LoadBalancerClient.class).choose("self");

      assertThat(chosen.getPort()).isEqualTo(TestApp.webPort(app)).isNotEqualTo(grpc);
      assertThat(chosen.getUri()).hasPort(TestApp.webPort(app));
      assertThat(app.getBean(DiscoveryClient.class).getInstances("self"))
          .singleElement()
          .returns(grpc, ServiceInstance::getPort);
    }
  }

  @Test
  void leavesOutInstancesWithoutAnHttpPort() {
    etcd.server()
        .put(
            "/services/grpc-only/10.0.0.1:50051",
            "{\"Op\":0,\"Addr\":\"10.0.0.1:50051\",\"Metadata\":{\"gRPC_port\":\"50051\"}}");
    etcd.server()
        .put(
            "/services/odd/10.0.0.2:50051",
            "{\"Op\":0,\"Addr\":\"10.0.0.2:50051\",\"Metadata\":{\"gRPC_port\":\"50051\","
                + "\"http-port\":\"none\"}}");
    etcd.server().put("/services/plain/10.0.0.3:8080", "10.0.0.3:8080");
    try (var app = start()) {
      LoadBalancerClient balancer = app.getBean(LoadBalancerClient.class);

      assertThat(balancer.choose("grpc-only")).isNull();
      assertThat(balancer.choose("odd")).isNull();
      assertThat(balancer.choose("plain").getPort()).isEqualTo(8080);
    }
  }

  @Test
  void choosesTheGrpcPortWhenItIsSwitchedOff() {
    properties.put("platform.discovery.http-load-balancer", "false");
    try (var app = start()) {
      assertThat(app.getBean(LoadBalancerClient.class).choose("self").getPort())
          .isEqualTo(app.getBean(EtcdRegistration.class).getPort());
    }
  }

  private ConfigurableApplicationContext start() {
    properties.put("spring.application.name", "self");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    properties.put("platform.registry.advertise-host", "127.0.0.1");
    ConfigurableApplicationContext app = TestApp.startWithWeb(properties);
    await().until(() -> etcd.server().keys("/services/self/").size() == 1);
    return app;
  }
}
