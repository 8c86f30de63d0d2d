package dev.platform.spring.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.concurrent.Threads;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.SkippedInstances;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;

@ExtendWith(OutputCaptureExtension.class)
class OtherRegistriesTest {

  private static final Duration NEVER = Duration.ofHours(1);

  private final AtomicLong now = new AtomicLong();
  private final FakeClient first = new FakeClient("first");
  private final FakeClient second = new FakeClient("second");
  private final List<List<Instance>> published = Collections.synchronizedList(new ArrayList<>());
  private @Nullable OtherRegistries registries;

  @AfterEach
  void close() {
    if (registries != null) {
      registries.close();
    }
  }

  @Test
  void mergesTheRegistriesAndPollsThemAfterAHeartbeat() {
    first.lists(1);
    second.lists(2);
    follow(NEVER);
    await().untilAsserted(() -> assertThat(ports()).containsExactly(1, 2));
    second.lists(2, 3);
    registries.onHeartbeat(new HeartbeatEvent(this, "changed"));
    await().untilAsserted(() -> assertThat(ports()).containsExactly(1, 2, 3));
  }

  @Test
  void pollsEveryIntervalWithoutAHeartbeat() {
    follow(Duration.ofMillis(20));
    first.lists(1);
    await().untilAsserted(() -> assertThat(ports()).containsExactly(1));
  }

  @Test
  void aClientThatFailsKeepsItsLastListAndSaysSoOnce(CapturedOutput output) {
    first.lists(1);
    second.lists(2);
    follow(Duration.ofMillis(5));
    await().untilAsserted(() -> assertThat(ports()).containsExactly(1, 2));
    first.answers(
        () -> {
          throw new NoClassDefFoundError("away\n");
        });
    int before = first.lookUps.get();
    second.lists(3);
    await().until(() -> first.lookUps.get() > before + 3);
    await().untilAsserted(() -> assertThat(ports()).containsExactly(1, 3));
    assertThat(output).containsOnlyOnce("first\" failed to list the instances of shop");
    first.lists(4);
    await().untilAsserted(() -> assertThat(ports()).containsExactly(4, 3));
  }

  @Test
  void aClientThatBlocksDelaysNeitherTheOtherNorTheSubscriberNorPilesUpLookUps() {
    CountDownLatch answer = new CountDownLatch(1);
    first.answers(
        () -> {
          awaitForever(answer);
          return List.of();
        });
    second.lists(2);
    follow(Duration.ofMillis(2));
    await().until(() -> first.lookUps.get() == 1);
    for (int i = 0; i < 1000; i++) {
      registries.onHeartbeat(new HeartbeatEvent(this, i));
      registries.subscribe("shop", list -> {}).run();
    }
    await().untilAsserted(() -> assertThat(ports()).containsExactly(2));
    assertThat(first.lookUps).hasValue(1);
    registries.close();
    answer.countDown();
    assertThat(first.lookUps.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void aLookUpOfHalfAMinuteIsInterruptedAndNamed(CapturedOutput output) {
    first.lists(1);
    follow(Duration.ofMillis(5));
    await().untilAsserted(() -> assertThat(ports()).containsExactly(1));
    CountDownLatch never = new CountDownLatch(1);
    first.answers(
        () -> {
          first.lists(5);
          awaitInterrupted(never);
          return List.of();
        });
    await().until(() -> first.blocked);
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    await().untilAsserted(() -> assertThat(ports()).containsExactly(5));
    assertThat(output).contains("has not answered for 31 s, keeping the last list of shop");
  }

  @Test
  void aListWithoutEndIsBoundedAndBadPortsAreSkipped() {
    ServiceInstance good =
        new DefaultServiceInstance("good", "shop", "10.0.0.1", 50051, false, Map.of());
    List<ServiceInstance> bad = new ArrayList<>();
    for (int port : new int[] {0, -1, 65_536, Integer.MAX_VALUE}) {
      bad.add(new DefaultServiceInstance("bad" + port, "shop", "10.0.0.2", port, false, Map.of()));
    }
    bad.add(
        new DefaultServiceInstance(
            "nothing listens", "shop", "10.0.0.3", 8080, false, Map.of("gRPC_port", "0")));
    List<ServiceInstance> endless = new ArrayList<>(bad);
    endless.addAll(Collections.nCopies(100_000, good));
    first.answers(() -> endless);
    follow(NEVER);
    await().untilAsserted(() -> assertThat(ports()).containsExactly(50051));
  }

  @Test
  void anInstanceThatAnOperatorHasTakenOutOfServiceIsNotListed() {
    first.answers(
        () ->
            List.of(
                new DefaultServiceInstance(
                    "out",
                    "shop",
                    "10.0.0.1",
                    1,
                    false,
                    Map.of("instance_status", "OUT_OF_SERVICE")),
                new DefaultServiceInstance(
                    "in", "shop", "10.0.0.1", 2, false, Map.of("instance_status", "UP"))));
    follow(NEVER);
    await().untilAsserted(() -> assertThat(ports()).containsExactly(2));
  }

  private void follow(Duration pollInterval) {
    registries =
        new OtherRegistries(
            List.of(first, second),
            pollInterval,
            new SkippedInstances(),
            now::get,
            Threads.daemons());
    registries.subscribe("shop", published::add);
  }

  private List<Integer> ports() {
    return published.isEmpty()
        ? List.of()
        : published.get(published.size() - 1).stream()
            .map(instance -> instance.address().port())
            .toList();
  }

  private static void awaitForever(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // Some clients ignore it.
      }
    }
  }

  private void awaitInterrupted(CountDownLatch latch) {
    try {
      first.blocked = true;
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class FakeClient implements DiscoveryClient {

    private final String name;
    private final AtomicInteger lookUps = new AtomicInteger();
    private volatile Supplier<List<ServiceInstance>> answer = List::of;
    private volatile boolean blocked;

    FakeClient(String name) {
      this.name = name;
    }

    void lists(int... ports) {
      List<ServiceInstance> instances = new ArrayList<>();
      for (int port : ports) {
        instances.add(
            new DefaultServiceInstance(
                name + port, "shop", "10.0.0.1", port, false, Map.of("gRPC_port", "" + port)));
      }
      answers(() -> instances);
    }

    void answers(Supplier<List<ServiceInstance>> next) {
      answer = next;
    }

    @Override
    public String description() {
      return name;
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
      lookUps.incrementAndGet();
      return answer.get();
    }

    @Override
    public List<String> getServices() {
      return List.of("shop");
    }
  }
}
