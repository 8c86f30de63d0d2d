package dev.platform.simulation;

import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.starter.test.etcd.StoreModel;
import io.etcd.jetcd.api.Event;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The processes of a story, with etcd. */
final class Fleet implements Etcd.Observer {

  private static final long REMEMBERED = 600 * Loop.SECOND;

  private final Loop loop;
  private final History log;
  private final SplittableRandom random;
  private final Etcd etcd;
  private final Truth truth;
  private final Calm etcdCalm = new Calm(0);
  private final Calm callsCalm = new Calm(0);
  private final Calm failuresCalm = new Calm(0);
  private final List<InstanceProcess> slots = new ArrayList<>();
  private final List<InstanceProcess> everyone = new ArrayList<>();
  private final Map<String, InstanceProcess> byId = new HashMap<>();
  private final List<CallerProcess> callers = new ArrayList<>();
  private final Path snapshots;
  private final Checker checker;
  private final long callPause;
  private long compactedAt;
  private long wipedAt = -1;
  private long healedAt;
  private int births;
  private long allFailSince;
  private long opensWithin;
  private final Map<String, Integer> addresses = new HashMap<>();

  Fleet(Story story, Loop loop, History log, Path snapshots) {
    this.loop = loop;
    this.log = log;
    this.snapshots = snapshots;
    this.random = loop.random("fleet");
    this.truth = new Truth(loop);
    this.callPause = story.callPause();
    this.checker = new Checker(this, loop, log, truth);
    this.etcd = new Etcd(loop, story.members(), this);
    for (int i = 0; i < story.instances(); i++) {
      addresses.put(address(i), i);
      slots.add(start(i));
    }
    for (int i = 0; i < story.callers(); i++) {
      callers.add(startCaller(i));
    }
  }

  Loop loop() {
    return loop;
  }

  History log() {
    return log;
  }

  Etcd etcd() {
    return etcd;
  }

  Calm etcdCalm() {
    return etcdCalm;
  }

  /** Since when no fault has touched any call. */
  Calm callsCalm() {
    return callsCalm;
  }

  /** Since when no server has answered with a failure. */
  Calm failuresCalm() {
    return failuresCalm;
  }

  /** Since when all calls fail; 0 if they do not. */
  long allFailSince() {
    return allFailSince;
  }

  void allFailSince(long since) {
    allFailSince = since;
  }

  /** How soon a breaker must open then. */
  long opensWithin() {
    return opensWithin;
  }

  void opensWithin(long nanos) {
    opensWithin = nanos;
  }

  /** Who has the address of a slot, {@code host:port}. */
  @Nullable InstanceProcess processAt(String address) {
    Integer slot = addresses.get(address);
    return slot == null ? null : slots.get(slot);
  }

  /** The server that listens at an address. */
  @Nullable Callee calleeAt(SocketAddress address) {
    Integer slot = addresses.get(ServiceChannel.text(address));
    return slot == null ? null : slots.get(slot).callee();
  }

  SplittableRandom random() {
    return random;
  }

  Checker checker() {
    return checker;
  }

  /** All processes with an instance, and those that have ended not long ago. */
  List<InstanceProcess> everyone() {
    return everyone;
  }

  /** No rule judges what ended long ago. */
  void forgetEnded() {
    everyone.removeIf(each -> each.endedAt() > 0 && loop.now() - each.endedAt() > REMEMBERED);
  }

  List<InstanceProcess> slots() {
    return slots;
  }

  List<CallerProcess> callers() {
    return callers;
  }

  long compactedAt() {
    return compactedAt;
  }

  /** When etcd lost its data; negative if it did not. */
  long wipedAt() {
    return wipedAt;
  }

  /** When packets last arrived again that may have waited for long. */
  long healedAt() {
    return healedAt;
  }

  void healed() {
    healedAt = loop.now();
    everyone.forEach(InstanceProcess::heldBackArrives);
  }

  InstanceProcess slot(int target) {
    return slots.get(target % slots.size());
  }

  CallerProcess caller(int target) {
    return callers.get(target % callers.size());
  }

  /** A new process at the address of a slot, on a machine of its own. */
  InstanceProcess start(int slot) {
    InstanceProcess fresh = another(slot, slot % 2 == 0);
    fresh.claim();
    return fresh;
  }

  InstanceProcess another(int slot, boolean certain) {
    Machine machine = machine("i%d.%d".formatted(slot, births++));
    InstanceProcess fresh = new InstanceProcess(machine, etcd, address(slot), certain);
    everyone.add(fresh);
    byId.put(fresh.id(), fresh);
    return fresh;
  }

  private static String address(int slot) {
    return "10.0.%d.%d:50051".formatted(slot / 200, slot % 200 + 1);
  }

  void replace(int slot, InstanceProcess by) {
    slots.set(slot, by);
    // It answers.
    allFailSince = 0;
  }

  private CallerProcess startCaller(int index) {
    Machine machine = machine("c%d.%d".formatted(index, births++));
    FollowedList followed = new FollowedList(machine.name(), log, truth);
    return new CallerProcess(
        this, machine, followed, index == 0 ? snapshots.resolve("c" + index) : null);
  }

  void restartCaller(int target) {
    int index = target % callers.size();
    callers.get(index).stop();
    callers.set(index, startCaller(index));
  }

  private Machine machine(String name) {
    double drift = (loop.random(name + "/drift").nextDouble() - 0.5) * 0.002;
    return new Machine(loop, log, name, drift);
  }

  /** The value of a program that is no process of the platform. */
  static String foreignValue(InstanceProcess victim) {
    HostAndPort address = victim.instance().address();
    return InstanceProcess.CODEC.value(
        new Instance(
            InstanceProcess.SERVICE,
            address,
            Map.of(InstanceMetadata.INSTANCE_ID, "foreign-" + victim.id())));
  }

  @Nullable InstanceProcess process(String id) {
    return byId.get(id);
  }

  @Override
  public void changed(int history, long revision, List<Event> events) {
    log.mix(revision);
    checker.beforeChange(events);
    truth.changed(revision, events);
  }

  @Override
  public void wiped(int history, StoreModel store) {
    truth.wiped();
    checker.wiped();
    wipedAt = loop.now();
    log.note("etcd begins history %d", history);
  }

  void compact() {
    etcd.compact();
    compactedAt = loop.now();
  }

  /** Revokes the lease of a key, as an operator may. */
  void revoke(InstanceProcess victim) {
    Truth.Entry entry = truth.entry(victim.key());
    if (entry != null && entry.lease() != 0 && etcd.store().leases().contains(entry.lease())) {
      etcd.store().revoke(entry.lease());
    }
  }

  long callPause() {
    return callPause;
  }

  /** All that live leave. */
  void farewell() {
    callsCalm.disturbed(Long.MAX_VALUE / 2);
    everyone.stream()
        .filter(each -> each.machine().isAlive())
        .forEach(each -> checker.leaves(each));
  }
}
