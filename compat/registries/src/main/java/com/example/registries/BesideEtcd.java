package com.example.registries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.compat.Program;
import com.example.price.v1.GetPriceRequest;
import com.example.price.v1.PriceServiceGrpc;
import com.example.registries.Fleet.Caller;
import com.example.registries.Fleet.Step;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** Instances in another registry, etcd or both, behind one name. */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class BesideEtcd {

  protected static final Duration BOUND = Duration.ofMinutes(3);

  protected Fleet fleet;
  protected Caller caller;

  /** The registry beside etcd. */
  protected abstract OtherRegistry other();

  @BeforeAll
  void start() {
    fleet = new Fleet(other());
    caller = fleet.caller(Step.BOTH);
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  @Test
  void isInTheOtherRegistryFromReadyUntilBeforeItsServerStopsWithTheGrpcPort() {
    AtomicReference<List<ServiceInstance>> beforeReady = new AtomicReference<>();
    ApplicationListener<ApplicationStartedEvent> started =
        event -> beforeReady.set(caller.inOther());
    ConfigurableApplicationContext instance = fleet.instance(1, Step.BOTH, started);
    assertThat(beforeReady.get()).isEmpty();
    await().atMost(BOUND).until(() -> caller.inOther().size() == 1);
    int port = grpcPort(1);
    ServiceInstance listed = caller.inOther().get(0);
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
              atTheEnd.set(caller.inOther());
              answer.set(callDirectly(port));
            });
    instance.close();
    assertThat(atTheEnd.get()).isEmpty();
    assertThat(answer.get()).isEqualTo(1);
  }

  @Test
  void anInstanceInBothIsOneAndOthersAreAddedFromEither() {
    try (ConfigurableApplicationContext both = fleet.instance(11, Step.BOTH);
        ConfigurableApplicationContext inOther = fleet.instance(12, Step.OTHER);
        ConfigurableApplicationContext inEtcd = fleet.instance(13, Step.ETCD)) {
      awaitCalls(11, 12, 13);
    }
  }

  @Test
  void whileOneRegistryIsAwayItsInstancesStayAndTheOtherGoesOn() {
    try (ConfigurableApplicationContext inOther = fleet.instance(21, Step.OTHER);
        ConfigurableApplicationContext inEtcd = fleet.instance(22, Step.ETCD)) {
      awaitCalls(21, 22);

      fleet.other.stop();
      try (ConfigurableApplicationContext more = fleet.instance(23, Step.ETCD)) {
        await()
            .atMost(BOUND)
            .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(21, 22, 23));
      }
      fleet.other.start();

      fleet.etcd.stop();
      try (ConfigurableApplicationContext more = fleet.instance(24, Step.OTHER)) {
        await()
            .atMost(BOUND)
            .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(21, 22, 24));
      }
      fleet.etcd.start();
    }
  }

  @Test
  void anInstanceThatStartsWithoutARegistryIsInItWhenItIsBack() {
    fleet.other.stop();
    try (ConfigurableApplicationContext both = fleet.instance(31, Step.BOTH)) {
      awaitCalls(31);
      fleet.other.start();
      awaitInOther(31);
    }
    fleet.etcd.stop();
    try (ConfigurableApplicationContext both = fleet.instance(32, Step.BOTH)) {
      awaitInOther(32);
      awaitCalls(32);
      fleet.etcd.start();
      await().atMost(BOUND).until(() -> fleet.etcd.keys("/services/price-service/").size() == 1);
    }
  }

  @Test
  void aRegistryThatHasLostItsDataGetsEachInstanceAgain() {
    try (ConfigurableApplicationContext one = fleet.instance(41, Step.OTHER);
        ConfigurableApplicationContext two = fleet.instance(42, Step.BOTH)) {
      awaitInOther(41, 42);
      fleet.other.stop();
      fleet.other.empty();
      fleet.other.start();
      awaitInOther(41, 42);
      awaitCalls(41, 42);
    }
  }

  @Test
  void anInstanceThatIsKilledFailsNoCallAndLeavesTheList() throws IOException {
    try (ConfigurableApplicationContext lasting = fleet.instance(51, Step.OTHER);
        Program killed =
            Program.start(
                ServiceApplication.class,
                "",
                List.of(),
                fleet.instanceArguments(52, Step.OTHER, List.of()))) {
      awaitCalls(51, 52);
      killed.kill();
      assertThat(caller.calls()).containsOnlyKeys(51);
      awaitInOther(51);
    }
  }

  /** Waits until these answer, and no others. Calls may fail before. */
  protected final void awaitCalls(Integer... numbers) {
    await()
        .atMost(BOUND)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(caller.calls()).containsOnlyKeys(numbers));
  }

  /** Waits until the other registry lists these, and no others. */
  protected final void awaitInOther(Integer... numbers) {
    await()
        .atMost(BOUND)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(caller.inOther())
                    .extracting(instance -> Integer.valueOf(instance.getMetadata().get("number")))
                    .containsExactlyInAnyOrder(numbers));
  }

  private int grpcPort(int instances) {
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
