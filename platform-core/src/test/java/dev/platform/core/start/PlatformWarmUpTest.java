package dev.platform.core.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.Platform;
import dev.platform.core.PlatformBuilder;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.start.WarmUpReport.State;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The warm-up of a program without a framework. */
class PlatformWarmUpTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicReference<Platform> platform = new AtomicReference<>();
  private EmbeddedEtcd etcd;

  @BeforeEach
  void start() {
    etcd = EmbeddedEtcd.builder().build();
    etcd.start();
  }

  @AfterEach
  void stop() {
    platform.get().close();
    etcd.close();
  }

  @Test
  void comesBeforeTheRegistrationAndIsCountedNowhere() throws Exception {
    List<Object> seen = new ArrayList<>();
    platform.set(
        builder()
            .warmUp("calls", new CallsWarmUp())
            .warmUp(
                "look",
                run -> {
                  seen.add(platform.get().phase());
                  seen.add(etcd.keys("/services/"));
                })
            .build());
    platform.get().serve(0);
    assertThat(seen).containsExactly(LifecyclePhase.STARTING, List.of());
    assertThat(platform.get().warmUp().state()).isEqualTo(State.ENDED);
    assertThat(platform.get().phase()).isEqualTo(LifecyclePhase.UP);
    await().until(() -> etcd.keys("/services/").size() == 1);
    assertThat(meters.getMeters())
        .extracting(Meter::getId)
        .extracting(Meter.Id::getName)
        .noneMatch(name -> name.startsWith("rpc."));
    assertThat(platform.get().circuitBreakers().getAllCircuitBreakers()).isEmpty();
  }

  @Test
  void aProgramThatIsClosedMeanwhileIsNeverRegistered() {
    CountDownLatch runs = new CountDownLatch(1);
    platform.set(
        builder()
            .warmUp(
                "slow",
                run -> {
                  runs.countDown();
                  new CountDownLatch(1).await();
                })
            .build());
    CompletableFuture<Void> serving =
        CompletableFuture.runAsync(
            () -> {
              try {
                platform.get().serve(0);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    await().until(() -> runs.getCount() == 0);
    platform.get().close();
    serving.join();
    assertThat(platform.get().registration().acquisitions()).isZero();
    assertThat(etcd.keys("/services/")).isEmpty();
  }

  @Test
  void channelsOfServicesWithInstancesConnectWithoutACall() throws Exception {
    try (Platform called = builder().build()) {
      called.serve(0);
      await().until(() -> etcd.keys("/services/").size() == 1);
      platform.set(builder().build());
      ManagedChannel channel = platform.get().channel("warm");
      WarmUps warmUps =
          new WarmUps(
              WarmUpSettings.defaults(),
              () -> WarmUpChains.of(List.of(), List.of(), null, System::nanoTime),
              Threads.daemons(),
              System::nanoTime);
      ManagedChannel lonely = platform.get().channel("nobody");
      warmUps.run(
          Map.of(
              "connections",
              new EarlyConnections(
                  () -> Map.of("warm", channel, "nobody", lonely), platform.get().directory())));
      await().until(() -> channel.getState(false) == ConnectivityState.READY);
      assertThat(lonely.getState(false)).isEqualTo(ConnectivityState.IDLE);
      assertThat(platform.get().circuitBreakers().getAllCircuitBreakers()).isEmpty();
      assertThat(meters.find("rpc.client.call.duration").timers()).isEmpty();
    }
  }

  private PlatformBuilder builder() {
    return Platform.builder("warm")
        .etcdEndpoints(etcd.endpoint().toString())
        .advertise("127.0.0.1")
        .meters(meters)
        .drain(new DrainSettings(Duration.ZERO, Duration.ofSeconds(5)))
        .warmUpSettings(new WarmUpSettings(Duration.ofMinutes(1)))
        .closeAtShutdown(false);
  }
}
