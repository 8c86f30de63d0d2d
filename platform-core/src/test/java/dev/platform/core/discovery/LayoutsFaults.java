package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services in the layouts of frameworks; runs on an embedded and on a real etcd. */
abstract class LayoutsFaults extends WatchedDirectory {

  private InstanceDirectory foreign;

  @BeforeEach
  void openForeign() {
    foreign =
        InstanceDirectory.builder(connection, new InstanceCodec("", ValueFormat.GRPC))
            .settings(TestDirectories.settings(HOLD, folder))
            .layouts(Map.of("user.rpc", Layout.GO_ZERO, "greeter", Layout.KRATOS))
            .build();
  }

  @AfterEach
  void closeForeign() {
    foreign.close();
  }

  @Test
  void addressesOfGoZeroAreFollowed() {
    etcd().put("user.rpc/7587848943239472", "127.0.0.1:1");
    etcd().put("user.rpc2/1", "127.0.0.1:9");
    awaitForeign("user.rpc", 1);
    etcd().put("user.rpc/7587848943239473", "127.0.0.1:2");
    awaitForeign("user.rpc", 1, 2);
    etcd().delete("user.rpc/7587848943239472");
    awaitForeign("user.rpc", 2);
  }

  @Test
  void anAddressWithTwoLeasesIsListedOnceAndStaysWhenTheOlderOneExpires() {
    etcd().put("user.rpc/1", "127.0.0.1:1");
    awaitForeign("user.rpc", 1);
    etcd().put("user.rpc/2", "127.0.0.1:1");
    etcd().put("user.rpc/3", "127.0.0.1:3");
    awaitForeign("user.rpc", 1, 3);
    etcd().delete("user.rpc/1");
    etcd().put("user.rpc/4", "127.0.0.1:4");
    awaitForeign("user.rpc", 1, 3, 4);
    assertThat(foreign.latest("user.rpc").held()).isZero();
  }

  @Test
  void anAddressThatComesBackUnderAnotherLeaseIsNoLongerHeld() {
    etcd().put("user.rpc/1", "127.0.0.1:1");
    awaitForeign("user.rpc", 1);
    etcd().delete("user.rpc/1");
    await().until(() -> foreign.latest("user.rpc").held() == 1);
    etcd().put("user.rpc/2", "127.0.0.1:1");
    await().until(() -> foreign.latest("user.rpc").held() == 0);
    assertThat(foreign.latest("user.rpc").instances()).hasSize(1);
  }

  @Test
  void instancesOfKratosAreReadWithTheirMetadata() {
    etcd()
        .put(
            "/microservices/greeter/8f2c",
            """
            {"id":"8f2c","name":"greeter","version":"v1.2","metadata":{"zone":"z1","weight":"50"},
             "endpoints":["http://127.0.0.1:8000","grpc://127.0.0.1:9000?isSecure=false"]}""");
    etcd().put("/microservices/greeter/broken", "{\"id\":\"x\",\"endpoints\":[\"http://a:1\"]}");
    awaitForeign("greeter", 9000);
    var instance = foreign.latest("greeter").instances().get(0);
    assertThat(instance.id()).isEqualTo("8f2c");
    assertThat(instance.version()).isEqualTo("v1.2");
    assertThat(instance.zone()).isEqualTo("z1");
    assertThat(instance.weight()).isEqualTo(50);
  }

  @Test
  void namesHaveThoseOfOtherLayoutsToo() throws Exception {
    add(1);
    assertThat(foreign.serviceIds().get(5, TimeUnit.SECONDS))
        .containsExactly("a", "greeter", "user.rpc");
  }

  private void awaitForeign(String service, Integer... ports) {
    await()
        .atMost(Duration.ofSeconds(8))
        .until(
            () ->
                foreign.latest(service).instances().stream()
                    .map(instance -> instance.address().port())
                    .sorted()
                    .toList()
                    .equals(List.of(ports)));
  }
}
