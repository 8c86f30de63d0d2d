package dev.platform.core.registry;

import static org.awaitility.Awaitility.await;

import dev.platform.core.etcd.MovedTime;
import dev.platform.starter.test.etcd.EmbeddedEtcd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.Assertions;

/**
 * Instances join, leave, crash and change readiness, etcd fails, and one client watches. The seed
 * determines every choice. At the end etcd recovers and the state must converge.
 */
final class Soak {

  private static final Duration TTL = Duration.ofSeconds(2);
  private static final Duration HOLD = Duration.ofSeconds(4);
  private static final int STEPS = 40;
  private static final int MAX_INSTANCES = 6;

  private final Random random;
  private final Path snapshots;
  private final MovedTime time = new MovedTime();
  private final EmbeddedEtcd etcd = EmbeddedEtcd.builder().ticker(time::nanos).build();
  private final List<SoakInstance> instances = new ArrayList<>();

  /** Newer processes that claim an existing instance's address. */
  private final List<SoakInstance> duplicates = new ArrayList<>();

  private final Set<String> foreignKeys = new LinkedHashSet<>();
  private final List<String> steps = new ArrayList<>();
  private SoakClient client;
  private int nextPort = 10_000;

  Soak(long seed, Path snapshots) {
    this.random = new Random(seed);
    this.snapshots = snapshots;
    etcd.start();
    client = newClient();
  }

  /** The steps so far, for failure messages. */
  List<String> steps() {
    return steps;
  }

  void run() {
    try {
      for (int i = 0; i < 3; i++) {
        join();
      }
      for (int i = 0; i < STEPS; i++) {
        step();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(120)));
      }
      heal();
      checkConvergence();
      checkCleanup();
    } finally {
      etcd.close();
    }
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1 -> join();
      case 2 -> leave();
      case 3 -> die();
      case 4, 5 -> flipReadiness();
      case 6 -> step("expire a lease", this::expireOneLease);
      case 7 -> step("expire all leases", () -> etcd.leases().forEach(etcd::expireLease));
      case 8 -> step("delete a key", this::deleteKey);
      case 9 -> overwriteKey();
      case 10 -> claimTwice();
      case 11 -> step("compact", this::compact);
      case 12 -> step("drop connections", etcd::dropConnections);
      case 13 -> step("wipe", etcd::wipe);
      case 14 -> outage("stop", etcd::stop, etcd::start);
      case 15 -> outage("freeze", etcd::freeze, etcd::thaw);
      case 16 -> outage("full", () -> etcd.outOfSpace(true), () -> etcd.outOfSpace(false));
      case 17 ->
          outage(
              "slow",
              () -> etcd.delayAnswers(Duration.ofMillis(random.nextInt(200))),
              () -> etcd.delayAnswers(Duration.ZERO));
      case 18 -> moveTime();
      default -> restartClient();
    }
  }

  /** Runs instance and client steps during an etcd fault. */
  private void outage(String what, Runnable start, Runnable end) {
    step(what, start);
    for (int i = random.nextInt(3); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0 -> join();
        case 1 -> leave();
        case 2 -> die();
        case 3 -> flipReadiness();
        case 4 -> moveTime();
        case 5 -> restartClient();
        default -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(700)));
      }
    }
    step("end of " + what, end);
  }

  private void join() {
    if (instances.size() >= MAX_INSTANCES) {
      return;
    }
    SoakInstance instance = newInstance(nextPort++, random.nextBoolean());
    instances.add(instance);
    step("join " + instance.id(), () -> ready(instance, true));
  }

  private void leave() {
    take().ifPresent(instance -> step("leave " + instance.id(), instance::leave));
  }

  private void die() {
    take().ifPresent(instance -> step("die " + instance.id(), instance::die));
  }

  private Optional<SoakInstance> take() {
    if (instances.isEmpty()) {
      return Optional.empty();
    }
    SoakInstance instance = instances.remove(random.nextInt(instances.size()));
    client.expectRemoval(instance);
    return Optional.of(instance);
  }

  private void flipReadiness() {
    if (!instances.isEmpty()) {
      SoakInstance instance = any(instances);
      boolean now = !instance.isReady();
      step((now ? "ready " : "not ready ") + instance.id(), () -> ready(instance, now));
    }
  }

  private void ready(SoakInstance instance, boolean now) {
    if (now && !isClaimedTwice(instance)) {
      client.expect(instance);
    } else {
      client.expectRemoval(instance);
    }
    instance.ready(now);
  }

  private void expireOneLease() {
    List<Long> leases = etcd.leases();
    if (!leases.isEmpty()) {
      etcd.expireLease(any(leases));
    }
  }

  private void deleteKey() {
    List<String> keys = etcd.keys("/services/");
    if (!keys.isEmpty()) {
      etcd.delete(any(keys));
    }
  }

  /** etcd rejects a second compaction at the same revision. */
  private void compact() {
    etcd.put("/elsewhere", "");
    etcd.compact();
  }

  private void overwriteKey() {
    if (!instances.isEmpty()) {
      SoakInstance instance = any(instances);
      foreignKeys.add(instance.key());
      step(
          "overwrite the key of " + instance.id(),
          () -> etcd.put(instance.key(), instance.foreignValue()));
    }
  }

  /** A newer process claims the address of an uncertain instance. */
  private void claimTwice() {
    List<SoakInstance> uncertain =
        instances.stream().filter(i -> i.isReady() && !i.isCertainOfItsAddress()).toList();
    if (!uncertain.isEmpty()) {
      SoakInstance older = any(uncertain);
      SoakInstance newer = newInstance(older.port(), false);
      duplicates.add(newer);
      client.expectRemoval(older);
      step("claim %d twice, %s".formatted(newer.port(), newer.id()), () -> newer.ready(true));
    }
  }

  /** After the newer process leaves, the key is missing until the older one notices. */
  private boolean isClaimedTwice(SoakInstance instance) {
    return duplicates.stream().anyMatch(newer -> newer.port() == instance.port());
  }

  private void moveTime() {
    Duration forward = Duration.ofMillis(random.nextInt(4000));
    step("move time by " + forward, () -> time.move(forward));
  }

  private void restartClient() {
    step(
        "restart the client",
        () -> {
          checkNoViolation(client);
          client.close();
          client = newClient();
        });
  }

  private void heal() {
    step(
        "heal",
        () -> {
          duplicates.forEach(newer -> leaveOrCrash(newer));
          foreignKeys.forEach(etcd::delete);
        });
    // Foreign values at addresses of instances that have left.
    etcd.keys("/services/").stream()
        .filter(key -> etcd.get(key).orElse("").contains("\"another\""))
        .forEach(etcd::delete);
  }

  private void leaveOrCrash(SoakInstance newer) {
    if (random.nextBoolean()) {
      newer.leave();
    } else {
      newer.die();
    }
  }

  private void checkConvergence() {
    List<SoakInstance> ready = instances.stream().filter(SoakInstance::isReady).toList();
    List<String> keys = ready.stream().map(SoakInstance::key).sorted().toList();
    List<String> ids = ready.stream().map(SoakInstance::id).sorted().toList();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              Assertions.assertThat(etcd.keys("/services/")).isEqualTo(keys);
              Assertions.assertThat(ready).allMatch(instance -> instance.isRegistered(etcd));
              Assertions.assertThat(client.ids()).isEqualTo(ids);
              Assertions.assertThat(client.list().held()).isZero();
              Assertions.assertThat(client.isFollowing()).isTrue();
              Assertions.assertThat(etcd.leases()).hasSize(ready.size());
              Assertions.assertThat(etcd.watchStreams()).isEqualTo(ready.size() + 1);
            });
    checkNoViolation(client);
  }

  private void checkCleanup() {
    instances.forEach(this::deregister);
    client.close();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              Assertions.assertThat(etcd.keys("/services/")).isEmpty();
              Assertions.assertThat(etcd.leases()).isEmpty();
              Assertions.assertThat(etcd.watchStreams()).isZero();
            });
  }

  private void deregister(SoakInstance instance) {
    client.expectRemoval(instance);
    instance.leave();
  }

  private static void checkNoViolation(SoakClient client) {
    Assertions.assertThat(client.violation()).isNull();
  }

  private SoakInstance newInstance(int port, boolean certainOfItsAddress) {
    String id = (char) ('A' + random.nextInt(26)) + "" + (instances.size() + steps.size());
    return new SoakInstance(etcd, time, TTL, id, port, certainOfItsAddress);
  }

  private SoakClient newClient() {
    SoakClient fresh = new SoakClient(etcd, time, HOLD, snapshots);
    instances.stream()
        .filter(instance -> instance.isReady() && !isClaimedTwice(instance))
        .forEach(fresh::expect);
    return fresh;
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private void step(String what, Runnable action) {
    steps.add(what);
    action.run();
  }
}
