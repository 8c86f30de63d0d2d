package dev.platform.tests.resolver;

import static dev.platform.tests.resolver.RealServers.ask;
import static dev.platform.tests.resolver.RealServers.askOften;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.platform.starter.test.junit.EtcdExtension;
import dev.platform.tests.app.TestApp;
import dev.platform.tests.line.Line;
import io.grpc.Channel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** What another registry's client lists, however strange, leaves the good instances callable. */
@ExtendWith(OutputCaptureExtension.class)
class ForeignInstancesTest {

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  private final RealServers servers = new RealServers();
  private final StrangeClient registry = new StrangeClient();
  private @Nullable ConfigurableApplicationContext app;

  @AfterEach
  void close() {
    if (app != null) {
      app.close();
    }
    servers.close();
  }

  @Test
  void strangeInstancesBesideAGoodOneAreSkippedAndNamedOnce(CapturedOutput output) {
    String port = Integer.toString(servers.start());
    Map<String, String> wordAsPort = new HashMap<>(Map.of("gRPC_port", "grpc"));
    Map<String, String> nulls = new HashMap<>();
    nulls.put("zone", null);
    nulls.put(null, "z1");
    registry.lists(
        instance("no-port", "127.0.0.1", -1, Map.of()),
        instance("word-as-port", "127.0.0.1", 50051, wordAsPort),
        instance("no-metadata", "127.0.0.1", 70000, null),
        instance("no-host", null, 50051, Map.of()),
        instance("scoped", "fe80::1%evil", 50051, Map.of()),
        instance("line\nbreak", "a\nb", 50051, Map.of()),
        null,
        new FailingInstance(),
        instance("good", "127.0.0.1", Integer.parseInt(port), nulls));
    Channel channel = channel(Map.of());
    assertThat(askOften(channel)).containsOnly(port);
    poll();
    assertThat(askOften(channel)).containsOnly(port);
    for (String name : List.of("no-port", "word-as-port", "no-metadata", "no-host")) {
      assertThat(output).containsOnlyOnce("payment-service: \"" + name + "\"");
    }
    assertThat(output)
        .contains("line\\u000abreak")
        .containsOnlyOnce("payment-service: \"fe80::1%evil\":50051 is skipped");
  }

  @Test
  void aChannelThatWasFedStrangeInstancesAloneWorksAfterTheNextGoodList() {
    registry.lists(instance("no-port", "127.0.0.1", 0, null), new FailingInstance());
    Channel channel = channel(Map.of("platform.discovery.wait-for-first-list", "300ms"));
    assertThatThrownBy(() -> ask(channel))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("no instance of payment-service is known");
    int port = servers.start();
    registry.lists(instance("good", "127.0.0.1", port, Map.of()));
    poll();
    await().ignoreExceptions().until(() -> ask(channel).equals(Integer.toString(port)));
  }

  @Test
  void anAddressThatIsTheCallersOwnMachineIsSkippedIfThePropertySaysSo() {
    registry.lists(instance("good", "127.0.0.1", servers.start(), Map.of()));
    Channel channel =
        channel(
            Map.of(
                "platform.discovery.wait-for-first-list",
                "300ms",
                "platform.discovery.allow-loopback",
                "false"));
    assertThatThrownBy(() -> ask(channel))
        .hasMessageContaining("127.0.0.1 is a loopback address (platform.discovery.allow-loopback");
  }

  private Channel channel(Map<String, String> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("spring.application.name", "caller");
    properties.put("platform.etcd.endpoints", etcd.endpoint().toString());
    app =
        TestApp.start(
            properties,
            context ->
                ((GenericApplicationContext) context)
                    .registerBean("strangeClient", DiscoveryClient.class, () -> registry));
    return Line.channel(app, "payment-service");
  }

  private void poll() {
    app.publishEvent(new HeartbeatEvent(this, new Object()));
  }

  private static ServiceInstance instance(
      String id, @Nullable String host, int port, @Nullable Map<String, String> metadata) {
    return new DefaultServiceInstance(id, "payment-service", host, port, false, metadata);
  }

  private static final class StrangeClient implements DiscoveryClient {

    private volatile List<ServiceInstance> instances = List.of();

    void lists(@Nullable ServiceInstance... listed) {
      instances = Arrays.asList(listed);
    }

    @Override
    public String description() {
      return "strange client";
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
      return instances;
    }

    @Override
    public List<String> getServices() {
      return List.of("payment-service");
    }
  }

  /** A client's type that fails when it is asked. */
  private static final class FailingInstance extends DefaultServiceInstance {

    FailingInstance() {
      super("failing", "payment-service", "127.0.0.1", 1, false);
    }

    @Override
    public String getHost() {
      throw new IllegalStateException("not today");
    }
  }
}
