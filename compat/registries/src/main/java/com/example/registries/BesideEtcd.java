package com.example.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc;
import com.example.zookeeper.Fleet.Caller;
import com.example.zookeeper.Fleet.Step;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** Instances in ZooKeeper, etcd or both, behind one name. */
class ZooKeeperTest {

  private static final Duration BOUND = Duration.ofMinutes(3);

  private static Fleet fleet;
  private static Caller caller;

  @BeforeAll
  static void start() {
    fleet = new Fleet();
    caller = fleet.caller(Step.BOTH);
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  @Test
  void isInZooKeeperFromReadyUntilBeforeItsServerStopsWithTheGrpcPort() {
    AtomicReference<List<ServiceInstance>> beforeReady = new AtomicReference<>();
    ApplicationListener<ApplicationStartedEvent> started =
        event -> beforeReady.set(caller.inZooKeeper());
    ConfigurableApplicationContext instance = fleet.instance(1, Step.BOTH, started);
    assertThat(beforeReady.get()).isEmpty();
    await().atMost(BOUND).until(() -> caller.inZooKeeper().size() == 1);
    int port = grpcPort(1);
    ServiceInstance listed = caller.inZooKeeper().get(0);
    assertThat(listed.getMetadata())
        .containsEntry("gRPC_port", Integer.toString(port))
        .containsKeys("instance-id", "started-at");
    assertThat(listed.getPort()).isNotEqualTo(port).isPositive();

    AtomicReference<List<ServiceInstance>> atTheEnd = new AtomicReference<>();
    AtomicReference<Integer> answer = new AtomicReference<>();
    // The platform drains on the same event, before all others.
    instance.addApplicationListener(
        (ApplicationListener<ContextClosedEvent>)
            event -> {
              atTheEnd.set(caller.inZooKeeper());
              answer.set(callDirectly(port));
            });
    instance.close();
    assertThat(atTheEnd.get()).isEmpty();
    assertThat(answer.get()).isEqualTo(1);
  }

  @Test
  void anInstanceInBothIsOneAndOthersAreAddedFromEither() {
    try (ConfigurableApplicationContext both = fleet.instance(11, Step.BOTH);
        ConfigurableApplicationContext inZooKeeper = fleet.instance(12, Step.ZOOKEEPER);
        ConfigurableApplicationContext inEtcd = fleet.instance(13, Step.ETCD)) {
      await()
          .atMost(BOUND)
          .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(11, 12, 13));
    }
  }

  @Test
  void whileOneRegistryIsAwayItsInstancesStayAndTheOtherGoesOn() {
    try (ConfigurableApplicationContext inZooKeeper = fleet.instance(21, Step.ZOOKEEPER);
        ConfigurableApplicationContext inEtcd = fleet.instance(22, Step.ETCD)) {
      await()
          .atMost(BOUND)
          .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(21, 22));

      fleet.zooKeeper.stop();
      try (ConfigurableApplicationContext more = fleet.instance(23, Step.ETCD)) {
        await()
            .atMost(BOUND)
            .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(21, 22, 23));
      }
      fleet.zooKeeper.start();

      fleet.etcd.stop();
      try (ConfigurableApplicationContext more = fleet.instance(24, Step.ZOOKEEPER)) {
        await()
            .atMost(BOUND)
            .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(21, 22, 24));
      }
      fleet.etcd.start();
    }
  }

  private static int grpcPort(int instances) {
    await()
        .atMost(BOUND)
        .until(() -> fleet.etcd.keys("/services/price-service/").size() == instances);
    String key = fleet.etcd.keys("/services/price-service/").iterator().next();
    return Integer.parseInt(key.substring(key.lastIndexOf(':') + 1));
  }

  private static int callDirectly(int port) {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      return (int)
          PriceServiceGrpc.newBlockingStub(channel)
              .getPrice(GetPriceRequest.getDefaultInstance())
              .getCents();
    } finally {
      channel.shutdownNow();
    }
  }
}
