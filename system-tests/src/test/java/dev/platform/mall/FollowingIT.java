package dev.platform.mall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** order-app follows the instances in etcd, under 200 calls a second to the live ones. */
@Tag("nightly")
class FollowingIT {

  private static final String SERVICE = "inventory-service";
  private static final Pattern WATCHERS =
      Pattern.compile("(?m)^etcd_debugging_mvcc_watcher_total (\\S+)$");

  private static final int FEW = 20;
  private static final int MANY = 500;

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int CHANGES_PER_SECOND = 40;
  private static final double DEATHS = 0.05;

  /** The normal variation of a server under load; a leak would exceed it by far. */
  private static final int SLACK = 30;

  private static BusyMall busy;
  private static EtcdLink link;

  @BeforeAll
  static void open() throws Exception {
    Mall mall = Mall.withEtcd("following");
    link = EtcdLink.to(mall.etcd().endpoint());
    mall.configure(
        App.ORDER,
        Map.of(
            "PLATFORM_ETCD_ENDPOINTS",
            link.endpoint(),
            "LOGGING_LEVEL_DEV_PLATFORM_CORE_DISCOVERY",
            "debug"));
    busy = BusyMall.open(mall);
  }

  @AfterAll
  static void close() {
    busy.close();
    link.close();
  }

  @BeforeEach
  void recover() {
    link.heal();
    busy.recover();
  }

  @Test
  void aClientDisconnectedDuringACompactionListsAgainAndMissesNothing() throws Exception {
    Mall mall = busy.mall();
    AppProcess orders = mall.only(App.ORDER);
    try (FakeInstances instances = instances();
        SteadyLoad load = busy.boundedLoad()) {
      for (int member = 0; member < FEW; member++) {
        instances.join(member);
      }
      awaitSameList(orders);

      // The connection outlives a short cut.
      link.cut();
      change(instances);
      mall.etcd().compact();
      link.heal();
      Duration afterShort = awaitSameList(orders);

      // A longer cut ends the connection and the watch, whose history etcd has compacted.
      link.cut();
      await("the client detects the cut")
          .atMost(BusyMall.LIMIT)
          .until(() -> !PlatformState.of(orders).follows(SERVICE));
      change(instances);
      mall.etcd().compact();
      link.heal();
      Duration afterLong = awaitSameList(orders);
      LoadReport report = load.stop();

      Report.line(
          "list up to date %d ms after a short cut, %d ms after a cut that broke the connection; %s",
          afterShort.toMillis(), afterLong.toMillis(), report);
      assertThat(report.failures()).isEmpty();
      assertThat(orders.log().contains(SERVICE + ": the watch has ended")).isTrue();
    }
    mall.awaitRegistered();
  }

  @Test
  void aClientsListIsCorrectAfterAMinuteOfChurnOf500Instances() throws Exception {
    long seed = Long.getLong("mall.seed", System.nanoTime());
    AppProcess orders = busy.mall().only(App.ORDER);
    try (FakeInstances instances = instances();
        SteadyLoad load = busy.boundedLoad()) {
      Usage before = usage(orders);

      Report.line("%d instances join and leave at random: -Dmall.seed=%d", MANY, seed);
      int changes = changeAtRandom(instances, new Random(seed));
      Duration same = awaitSameList(orders);
      int present = instances.size();
      instances.close();
      Duration alone = awaitSameList(orders);

      Report.line(
          "%d changes, %d registered at the end: list up to date after %d ms, %d ms after all had left",
          changes, present, same.toMillis(), alone.toMillis());
      Report.line("before: %s, now: %s; %s", before, usage(orders), load.soFar());
      soon("nothing has leaked")
          .untilAsserted(
              () -> {
                Usage now = usage(orders);
                assertThat(now.watchers()).isEqualTo(before.watchers());
                assertThat(now.connections()).isEqualTo(before.connections());
                assertThat(now.threads()).isLessThan(before.threads() + SLACK);
                assertThat(now.files()).isLessThan(before.files() + SLACK);
              });
      assertThat(load.stop().failures()).isEmpty();
    }
  }

  /** Half of the instances deregister or crash, and the same number joins. */
  private static void change(FakeInstances instances) {
    List<Integer> members = instances.members();
    int next = members.get(members.size() - 1) + 1;
    for (int i = 0; i < FEW / 2; i++) {
      instances.join(next + i);
    }
    for (int member : members.subList(0, FEW / 2)) {
      if (member % 5 == 0) {
        instances.die(member);
      } else {
        instances.leave(member);
      }
    }
  }

  /** Returns the number of changes. */
  private static int changeAtRandom(FakeInstances instances, Random random) throws Exception {
    long start = System.nanoTime();
    int[] changes = new int[1];
    var clock = Executors.newSingleThreadScheduledExecutor();
    try {
      var ticks =
          clock.scheduleAtFixedRate(
              () -> {
                joinOrLeave(instances, random);
                changes[0]++;
              },
              0,
              TimeUnit.SECONDS.toNanos(1) / CHANGES_PER_SECOND,
              TimeUnit.NANOSECONDS);
      await("a minute of instance changes")
          .atMost(MINUTE.plusSeconds(10))
          .failFast(ticks::isDone)
          .until(() -> System.nanoTime() - start > MINUTE.toNanos());
    } finally {
      clock.shutdown();
    }
    assertThat(clock.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    return changes[0];
  }

  private static void joinOrLeave(FakeInstances instances, Random random) {
    int member = random.nextInt(MANY);
    if (!instances.has(member)) {
      instances.join(member);
    } else if (random.nextDouble() < DEATHS) {
      instances.die(member);
    } else {
      instances.leave(member);
    }
  }

  /** Waits until an app's list equals etcd's instances. Returns the elapsed time. */
  private static Duration awaitSameList(AppProcess app) {
    long start = System.nanoTime();
    soon(app.name() + " lists what etcd has")
        .untilAsserted(
            () -> {
              PlatformState state = PlatformState.of(app);
              assertThat(state.follows(SERVICE)).isTrue();
              assertThat(state.held(SERVICE)).isZero();
              assertThat(state.addresses(SERVICE)).isEqualTo(busy.mall().addresses(SERVICE));
            });
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static ConditionFactory soon(String what) {
    return await(what).atMost(BusyMall.LIMIT).pollInterval(Duration.ofMillis(50));
  }

  private static FakeInstances instances() {
    return new FakeInstances(SERVICE, busy.mall().etcd().endpoint());
  }

  private record Usage(long watchers, int connections, long threads, long files) {}

  private static Usage usage(AppProcess app) throws Exception {
    return new Usage(
        watchers(), link.connections(), app.linux().threads(), app.linux().openFiles());
  }

  /** The number of etcd's watches, from its metrics. */
  private static long watchers() throws Exception {
    URI metrics = busy.mall().etcd().endpoint().resolve("/metrics");
    String page =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    var matcher = WATCHERS.matcher(page);
    assertThat(matcher.find()).as("etcd reports its watches").isTrue();
    return (long) Double.parseDouble(matcher.group(1));
  }
}
