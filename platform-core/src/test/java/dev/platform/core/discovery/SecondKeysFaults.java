package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.TestConnections;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Instances that write nothing but addresses lose neither metadata nor marks; runs on an embedded
 * and on a real etcd.
 */
abstract class SecondKeysFaults extends WatchedDirectory {

  private static final InstanceCodec CODEC = new InstanceCodec("", ValueFormat.ADDRESS);
  private static final String SECOND = "/instances/a/";

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::crash);
  }

  @Test
  void anAddressThatIsListedHasItsMetadata() {
    start(1);
    awaitPorts(1);
    assertThat(directory.latest("a").origin()).isEqualTo(Origin.LIST);
    assertThat(directory.latest("a").instances().get(0).zone()).isEqualTo("z1");
    assertThat(etcd().get(PREFIX + "127.0.0.1:1")).contains("127.0.0.1:1");
  }

  @Test
  void anAddressThatAppearsIsNeverSeenWithoutItsMetadata() {
    List<Instance> seen = new CopyOnWriteArrayList<>();
    directory.subscribe("a", list -> seen.addAll(list.instances()));
    await().until(() -> directory.latest("a").isKnown());
    for (int port = 1; port <= 20; port++) {
      start(port);
    }
    await().until(() -> ports().size() == 20);
    assertThat(seen).allSatisfy(instance -> assertThat(instance.zone()).isEqualTo("z1"));
  }

  @Test
  void aServerWrittenByHandNeedsNoSecondKey() {
    add(1);
    start(2);
    awaitPorts(1, 2);
    add(3);
    awaitPorts(1, 2, 3);
    assertThat(directory.latest("a").instances().get(0).metadata()).isEmpty();
  }

  @Test
  void aSecondKeyThatCanNotBeReadIsIgnored() {
    etcd().put(SECOND + "127.0.0.1:1", "{\"Op\":");
    add(1);
    awaitPorts(1);
    assertThat(directory.latest("a").instances().get(0).metadata()).isEmpty();
  }

  @Test
  void instancesThatDeregisterAreNotHeld() {
    List<Process> all = List.of(start(1), start(2), start(3));
    awaitPorts(1, 2, 3);
    all.forEach(Process::leave);
    await().atMost(HOLD.minusSeconds(1)).until(() -> ports().isEmpty());
    assertThat(directory.latest("a").held()).isZero();
    assertThat(etcd().keys(SECOND)).isEmpty();
  }

  @Test
  void oneOfSeveralNamesThatDeregistersIsNotHeld() {
    Process process = start(1);
    process.claim(new Instance("b", new HostAndPort("127.0.0.1", 1), Map.of()));
    awaitPorts(1);
    process.release();
    await().atMost(HOLD.minusSeconds(1)).until(() -> ports().isEmpty());
    assertThat(directory.latest("a").held()).isZero();
    assertThat(etcd().keys(SECOND)).isEmpty();
    assertThat(etcd().keys("/instances/b/")).hasSize(1);
  }

  @Test
  void instancesThatExpireAtOnceAreHeldWithTheirMetadata() {
    start(1);
    start(2);
    start(3);
    awaitPorts(1, 2, 3);
    processes.forEach(Process::crash);
    etcd().leases().forEach(etcd()::expireLease);
    await().until(() -> directory.latest("a").held() == 3);
    assertThat(directory.latest("a").instances())
        .allSatisfy(instance -> assertThat(instance.zone()).isEqualTo("z1"));
    awaitPorts();
  }

  @Test
  void aSavedListHasTheMetadataEvenOfAProgramThatWritesOnlyAddresses() {
    start(1);
    try (InstanceDirectory first = addressesOnly()) {
      await().until(() -> first.latest("a").instances().size() == 1);
    }
    etcd().stop();
    try (InstanceDirectory second = addressesOnly()) {
      await().until(() -> second.latest("a").origin() == Origin.SNAPSHOT);
      assertThat(second.latest("a").instances().get(0).zone()).isEqualTo("z1");
    } finally {
      etcd().start();
    }
  }

  private InstanceDirectory addressesOnly() {
    return InstanceDirectory.builder(connection, CODEC)
        .settings(TestDirectories.settings(HOLD, folder))
        .build();
  }

  @Test
  void instancesThatDeregisterWhileDisconnectedAreNotHeld() {
    for (int port = 1; port <= 4; port++) {
      put(port, InstanceMetadata.UP);
    }
    awaitPorts(1, 2, 3, 4);
    whileDisconnected(
        () -> {
          for (int port = 1; port <= 3; port++) {
            etcd()
                .put(SECOND + "127.0.0.1:" + port, details(port, InstanceMetadata.OUT_OF_SERVICE));
            etcd().delete(PREFIX + "127.0.0.1:" + port);
            etcd().delete(SECOND + "127.0.0.1:" + port);
          }
        });
    await().atMost(HOLD.minusSeconds(1)).until(() -> ports().equals(List.of(4)));
    assertThat(directory.latest("a").held()).isZero();
  }

  @Test
  void anInstanceThatIsMarkedInItsSecondKeyIsNotListed() {
    put(1, InstanceMetadata.OUT_OF_SERVICE);
    add(2);
    awaitPorts(2);
    add(1);
    add(3);
    awaitPorts(2, 3);
  }

  private void put(int port, String status) {
    etcd().put(SECOND + "127.0.0.1:" + port, details(port, status));
    add(port);
  }

  private static String details(int port, String status) {
    return "{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":{\"status\":\"%s\"}}"
        .formatted(port, status);
  }

  private Process start(int port) {
    Process process = new Process(port);
    processes.add(process);
    return process;
  }

  /** A process that is registered as nothing but its address. */
  private final class Process {

    private final EtcdConnection own = TestConnections.open(etcd());
    private final EtcdRegistrar registrar =
        new EtcdRegistrar(
            own, Duration.ofSeconds(5), Clock.systemUTC(), RandomGenerator.getDefault());
    private final Instance instance;

    Process(int port) {
      instance =
          new Instance(
              "a",
              new HostAndPort("127.0.0.1", port),
              Map.of(InstanceMetadata.ZONE, "z1", InstanceMetadata.INSTANCE_ID, "i-" + port));
      claim(instance);
    }

    void claim(Instance some) {
      registrar.claim(claims(some));
      String key = CODEC.details().key(some);
      await().until(() -> registrar.snapshot().isHeld() && etcd().get(key).isPresent());
    }

    private List<Claim> claims(Instance some) {
      return Claim.of(CODEC, Set.of(Layout.PLATFORM), some, () -> true);
    }

    void release() {
      registrar.release(claims(instance).stream().map(Claim::key).toList()).join();
    }

    void leave() {
      registrar.close().join();
      own.close();
    }

    void crash() {
      own.close();
    }
  }
}
