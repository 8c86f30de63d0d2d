package dev.platform.interop.peers;

import static dev.platform.interop.peers.Participant.FIRST;
import static dev.platform.interop.peers.Script.Setting.BEHIND_PROXIES;
import static dev.platform.interop.peers.Script.Setting.ONE_MEMBER;
import static dev.platform.interop.peers.Script.Setting.THREE_MEMBERS;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** All scripts. Leases live for 10 s. */
final class Scripts {

  private static final Duration MOMENT = Duration.ofSeconds(2);
  private static final Duration SHORTER_THAN_LEASE = Duration.ofSeconds(5);
  private static final Duration LONGER_THAN_LEASE = Duration.ofSeconds(20);
  private static final int MISSED_CHANGES = 20;
  private static final int BURST = 100;

  /** Of instances that only are keys. */
  private static final int FIRST_PORT = 20_000;

  private Scripts() {}

  static List<Script> all() {
    return List.of(
        new Script(
            "restart", "etcd killed, back after 2 s", ONE_MEMBER, true, s -> away(s, MOMENT)),
        new Script(
            "away",
            "etcd killed, back after 20 s",
            ONE_MEMBER,
            true,
            s -> away(s, LONGER_THAN_LEASE)),
        new Script("wipe", "etcd's data lost", ONE_MEMBER, true, stage -> stage.etcd().wipe()),
        new Script(
            "freeze-short",
            "etcd frozen for 5 s",
            ONE_MEMBER,
            true,
            s -> frozen(s, SHORTER_THAN_LEASE)),
        new Script(
            "freeze-long",
            "etcd frozen for 20 s",
            ONE_MEMBER,
            true,
            s -> frozen(s, LONGER_THAN_LEASE)),
        new Script(
            "leader-killed",
            "leader of three killed, back after 20 s",
            THREE_MEMBERS,
            true,
            Scripts::leaderKilled),
        new Script(
            "leader-frozen",
            "leader of three frozen for 20 s",
            THREE_MEMBERS,
            true,
            Scripts::leaderFrozen),
        new Script(
            "compaction",
            "watchers refused for 10 s; what they missed is compacted",
            BEHIND_PROXIES,
            true,
            Scripts::compaction),
        new Script(
            "silence",
            "connections of all silent for 20 s",
            BEHIND_PROXIES,
            true,
            Scripts::silence),
        new Script("reset", "connections of all reset", BEHIND_PROXIES, true, Scripts::reset),
        new Script(
            "lease-revoked",
            "an instance's lease revoked by an operator",
            ONE_MEMBER,
            false,
            Scripts::leaseRevoked),
        new Script(
            "key-deleted",
            "an instance's key deleted by an operator",
            ONE_MEMBER,
            false,
            Scripts::keyDeleted),
        new Script(
            "instance-paused",
            "an instance paused for 20 s",
            ONE_MEMBER,
            false,
            Scripts::instancePaused),
        new Script(
            "watcher-paused",
            "watchers paused for 20 s; what they missed is compacted",
            ONE_MEMBER,
            true,
            Scripts::watchersPaused),
        new Script("kill", "an instance killed", ONE_MEMBER, false, Scripts::killed),
        new Script("leave", "an instance leaves in order", ONE_MEMBER, false, Scripts::left),
        new Script(
            "burst", "200 changes as fast as etcd takes them", ONE_MEMBER, false, Scripts::burst));
  }

  private static void away(Stage stage, Duration time) throws InterruptedException {
    stage.etcd().stop();
    stage.pause(time);
    stage.etcd().start();
  }

  private static void frozen(Stage stage, Duration time) throws InterruptedException {
    stage.etcd().freeze();
    stage.pause(time);
    stage.etcd().thaw();
  }

  private static void leaderKilled(Stage stage) throws InterruptedException {
    int leader = stage.cluster().leader();
    stage.cluster().kill(leader);
    stage.pause(LONGER_THAN_LEASE);
    stage.cluster().restart(leader);
  }

  private static void leaderFrozen(Stage stage) throws InterruptedException {
    int leader = stage.cluster().leader();
    stage.cluster().freeze(leader);
    stage.pause(LONGER_THAN_LEASE);
    stage.cluster().thaw(leader);
  }

  private static void compaction(Stage stage) throws InterruptedException {
    stage.watchersProxy().refuse();
    missedChanges(stage);
    stage.pause(SHORTER_THAN_LEASE.multipliedBy(2));
    stage.watchersProxy().open();
  }

  private static void watchersPaused(Stage stage) throws IOException, InterruptedException {
    for (Participant participant : stage.participants()) {
      participant.watcher().pause();
    }
    missedChanges(stage);
    stage.pause(LONGER_THAN_LEASE);
    for (Participant participant : stage.participants()) {
      participant.watcher().goOn();
    }
  }

  /** Some come and go, one stays, and the history of it is compacted. */
  private static void missedChanges(Stage stage) {
    for (Participant participant : stage.participants()) {
      comeAndGo(stage, participant, MISSED_CHANGES);
      stay(stage, participant);
    }
    stage.access().compact(stage.access().put("/peers/compacted", ""));
  }

  private static void silence(Stage stage) throws InterruptedException {
    stage.instancesProxy().fallSilent();
    stage.watchersProxy().fallSilent();
    stage.pause(LONGER_THAN_LEASE);
    stage.instancesProxy().open();
    stage.watchersProxy().open();
  }

  private static void reset(Stage stage) {
    stage.instancesProxy().reset();
    stage.watchersProxy().reset();
  }

  private static void leaseRevoked(Stage stage) {
    for (Participant participant : stage.participants()) {
      String key = participant.prefix() + participant.address(FIRST);
      stage.access().revoke(stage.access().leases(participant.prefix()).getOrDefault(key, 0L));
      participant.removed(participant.address(FIRST));
    }
  }

  private static void keyDeleted(Stage stage) {
    for (Participant participant : stage.participants()) {
      stage.access().delete(participant.prefix() + participant.address(FIRST));
      participant.removed(participant.address(FIRST));
    }
  }

  private static void instancePaused(Stage stage) throws IOException, InterruptedException {
    for (Participant participant : stage.participants()) {
      participant.instance(FIRST).pause();
    }
    stage.pause(LONGER_THAN_LEASE);
    for (Participant participant : stage.participants()) {
      participant.instance(FIRST).goOn();
    }
  }

  private static void killed(Stage stage) {
    for (Participant participant : stage.participants()) {
      participant.instance(FIRST).kill();
      participant.killed(participant.address(FIRST));
    }
  }

  private static void left(Stage stage) throws InterruptedException {
    for (Participant participant : stage.participants()) {
      participant.instance(FIRST).leave();
    }
    for (Participant participant : stage.participants()) {
      participant.instance(FIRST).awaitEnd();
      participant.left(participant.address(FIRST));
    }
  }

  private static void burst(Stage stage) {
    for (Participant participant : stage.participants()) {
      comeAndGo(stage, participant, BURST);
      stay(stage, participant);
    }
  }

  private static void comeAndGo(Stage stage, Participant participant, int number) {
    IntStream.rangeClosed(1, number)
        .mapToObj(i -> "127.0.0.1:" + (FIRST_PORT + i))
        .forEach(
            address -> {
              stage.join(participant, address);
              stage.access().delete(participant.prefix() + address);
            });
  }

  private static void stay(Stage stage, Participant participant) {
    String address = "127.0.0.1:" + FIRST_PORT;
    participant.expect(address);
    stage.join(participant, address);
  }
}
