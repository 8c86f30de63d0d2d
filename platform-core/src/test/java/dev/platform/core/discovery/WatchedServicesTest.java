package dev.platform.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.etcd.MovedTime;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.ValueFormat;
import dev.platform.starter.test.etcd.EtcdServer;
import dev.platform.starter.test.junit.EtcdExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class WatchedServicesTest {

  private static final Duration IDLE = Duration.ofMillis(400);
  private static final int MAX = 50;

  @RegisterExtension static final EtcdExtension etcd = EtcdExtension.embedded();

  @TempDir Path temp;
  private final MovedTime time = new MovedTime();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private EtcdConnection connection;
  private InstanceDirectory directory;

  @BeforeEach
  void open() {
    connection = time.open(server());
    directory = directory(Duration.ofMinutes(10));
  }

  @AfterEach
  void close() {
    directory.close();
    connection.close();
  }

  @Test
  void watchesABoundedNumberOfServicesThatWereOnlyLookedUp() {
    List<InstanceList> subscribed = new CopyOnWriteArrayList<>();
    directory.subscribe("called", subscribed::add);
    server().put("/services/s119/10.0.0.1:80", "10.0.0.1:80");
    for (int i = 0; i < 120; i++) {
      String name = "s" + i;
      directory.latest(name);
      await().until(() -> directory.isFollowing(name));
    }
    assertThat(directory.watched()).hasSize(MAX + 1);
    await().until(() -> connection.watches().size() == MAX + 1);
    assertThat(directory.latest("s119").instances()).hasSize(1);
    server().put("/services/called/10.0.0.1:80", "10.0.0.1:80");
    await().until(() -> subscribed.get(subscribed.size() - 1).instances().size() == 1);
    assertThat(meters.find("platform.discovery.instances").gauges()).hasSize(MAX + 1);
  }

  @Test
  void endsAWatchThatNobodyLooksAtAnyMore() {
    directory.close();
    directory = directory(IDLE);
    var subscription = directory.subscribe("called", list -> {});
    directory.latest("glimpsed");
    await().until(() -> directory.isFollowing("glimpsed") && directory.isFollowing("called"));
    time.move(Duration.ofMinutes(1));
    await().until(() -> names().equals(List.of("called")));
    await().until(() -> connection.watches().size() == 1);
    assertThat(meters.find("platform.discovery.instances").tag("service", "glimpsed").gauges())
        .isEmpty();

    subscription.cancel();
    time.move(Duration.ofMinutes(1));
    await().until(() -> names().isEmpty());
  }

  @Test
  void watchesAgainWhatIsLookedUpAgain() throws Exception {
    directory.close();
    directory = directory(IDLE);
    server().put("/services/a/10.0.0.1:80", "10.0.0.1:80");
    assertThat(directory.firstList("a").get(5, TimeUnit.SECONDS).instances()).hasSize(1);
    await().until(() -> directory.isFollowing("a"));
    time.move(Duration.ofMinutes(1));
    await().until(() -> names().isEmpty());
    server().put("/services/a/10.0.0.1:81", "10.0.0.1:81");
    assertThat(directory.firstList("a").get(5, TimeUnit.SECONDS).instances()).hasSize(2);
  }

  @Test
  void keepsWhatItKnowsWhileEtcdIsDown() {
    directory.close();
    directory = directory(IDLE);
    server().put("/services/a/10.0.0.1:80", "10.0.0.1:80");
    directory.latest("a");
    await().until(() -> directory.isFollowing("a"));
    server().stop();
    await().until(() -> !directory.isFollowing("a"));
    time.move(Duration.ofMinutes(1));
    await()
        .during(Duration.ofSeconds(1))
        .until(() -> directory.peek("a").orElseThrow().instances().size() == 1);
    server().start();
  }

  @Test
  void knowsNothingOfNamesThatNoServiceCanHave() throws Exception {
    List<InstanceList> published = new CopyOnWriteArrayList<>();
    for (String name : List.of("", " ", "a/b", "../x", "a\nb", "\u202ea", "x".repeat(256))) {
      assertThat(directory.latest(name).origin()).isEqualTo(Origin.NONE);
      assertThat(directory.firstList(name).get(5, TimeUnit.SECONDS).instances()).isEmpty();
      directory.subscribe(name, published::add).cancel();
    }
    await().until(() -> published.size() == 7);
    assertThat(published).allMatch(InstanceList::isKnown);
    assertThat(directory.watched()).isEmpty();
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    directory.watched().forEach(list -> names.add(list.serviceId()));
    return names;
  }

  private InstanceDirectory directory(Duration idle) {
    InstanceDirectory opened =
        InstanceDirectory.builder(connection, new InstanceCodec("", ValueFormat.GRPC))
            .settings(
                new DiscoverySettings(
                    Duration.ofSeconds(2),
                    new DiscoverySettings.Hold(Duration.ZERO, 0.5, 3, Duration.ofSeconds(10)),
                    new DiscoverySettings.Snapshot(false, null, Duration.ofHours(1))))
            .unwatchAfter(idle)
            .maxLookedUp(MAX)
            .build();
    new DiscoveryMetrics(opened, Clock.systemUTC()).bindTo(meters);
    return opened;
  }

  private static EtcdServer server() {
    return etcd.server();
  }
}
