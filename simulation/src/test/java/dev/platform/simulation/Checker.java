package dev.platform.simulation;

import static dev.platform.simulation.InstanceProcess.TTL;

import dev.platform.core.instance.Instance;
import io.etcd.jetcd.api.Event;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges the promises: at each change of etcd, and every second for all that must hold by then. A
 * bound only counts for a process that nothing has disturbed for as long.
 */
final class Checker {

  private static final long TTL_NANOS = TTL.toNanos();

  /** After its last trouble a process is well again within this time. */
  private static final long SETTLED = 20 * Loop.SECOND;

  private static final long RATE_TIME = 10 * Loop.SECOND;
  private static final long MOST_REQUESTS = 200;

  private final Fleet fleet;
  private final Loop loop;
  private final History log;
  private final Truth truth;
  private final ListRules lists;
  private final Set<String> hasPut = new HashSet<>();

  /** The revision of each process's last put, in whichever history that was. */
  private final Map<String, Long> puts = new HashMap<>();

  /** The processes that have not put anything since etcd lost its data. */
  private final Set<String> lost = new HashSet<>();

  private final Map<String, Long> requests = new HashMap<>();

  Checker(Fleet fleet, Loop loop, History log, Truth truth) {
    this.fleet = fleet;
    this.loop = loop;
    this.log = log;
    this.truth = truth;
    this.lists = new ListRules(fleet, loop, log, truth);
  }

  void start() {
    loop.after(Loop.SECOND, this::everySecond);
    loop.after(RATE_TIME, this::rates);
  }

  private boolean isCalm(Calm process, long nanos) {
    return process.isFor(nanos, loop.now()) && fleet.etcdCalm().isFor(nanos, loop.now());
  }

  /** What somebody puts, before it is part of the truth. */
  void beforeChange(List<Event> events) {
    for (Event event : events) {
      String key = event.getKv().getKey().toStringUtf8();
      if (event.getType() != Event.EventType.PUT
          || !key.startsWith(InstanceProcess.CODEC.prefix(InstanceProcess.SERVICE))) {
        continue;
      }
      Instance put = InstanceProcess.CODEC.read(InstanceProcess.SERVICE, event.getKv().getValue());
      String by = put.id();
      InstanceProcess process = fleet.process(by);
      if (process == null) {
        continue;
      }
      Truth.Entry before = truth.entry(key);
      boolean foreign = before != null && !before.instance().equals(by);
      boolean excused = foreign && (hasRevisionOf(by, before) || fleet.etcd().isAbandoned());
      if (foreign && !excused && !process.isCertain() && (hasPut.contains(by) || !put.isUp())) {
        log.violated(
            Promise.OTHERS_KEYS, "%s overwrites the key of %s again", by, before.instance());
      }
      if (put.isUp()) {
        hasPut.add(by);
      }
      puts.put(by, event.getKv().getModRevision());
      lost.remove(by);
      if (process.isClosed() && process.deregisteredAt() > 0) {
        log.violated(Promise.STAYS_AWAY, "%s is put again after it has deregistered", by);
      }
    }
  }

  void wiped() {
    hasPut.clear();
    lost.addAll(puts.keySet());
  }

  /** In another history a revision may be the same by chance. */
  private boolean hasRevisionOf(String process, Truth.Entry entry) {
    return lost.contains(process) && puts.get(process) == entry.revision();
  }

  /** A process that is not ready for now. */
  void releases(InstanceProcess process) {
    boolean calm = isCalm(process.calm(), SETTLED);
    process.release(() -> deregistered(process, calm));
  }

  /** It is ready again: its next put is its first one. */
  void claims(InstanceProcess process) {
    hasPut.remove(process.id());
    process.claim();
  }

  /** A process that ends. */
  void leaves(InstanceProcess process) {
    boolean calm = isCalm(process.calm(), SETTLED);
    process.calm().disturbed(loop.now());
    process.leave(() -> deregistered(process, calm));
  }

  private void deregistered(InstanceProcess process, boolean calmBefore) {
    log.note("%s has deregistered", process.id());
    Truth.Entry entry = truth.entry(process.key());
    boolean calm =
        calmBefore && !process.isClaimed() && fleet.etcdCalm().isFor(SETTLED, loop.now());
    if (calm) {
      process.deregistered();
    }
    if (calm && entry != null && entry.instance().equals(process.id())) {
      log.violated(
          Promise.DEREGISTERED, "%s has deregistered, and its key is in etcd", process.id());
    }
  }

  void keyDeleted(InstanceProcess process) {
    if (!process.isClaimed() || !isCalm(process.calm(), SETTLED)) {
      return;
    }
    long then = loop.now();
    loop.after(
        Loop.SECOND,
        () -> {
          if (process.isClaimed()
              && process.calm().since() <= then
              && fleet.etcdCalm().since() <= then
              && !isRegistered(process)) {
            log.violated(
                Promise.KEY_RESTORED, "%s: its key was deleted, and is missing", process.id());
          }
        });
  }

  private boolean isRegistered(InstanceProcess process) {
    Truth.Entry entry = truth.entry(process.key());
    return entry != null && entry.value().equals(process.value()) && entry.lease() != 0;
  }

  private void everySecond() {
    Etcd etcd = fleet.etcd();
    long unwell = etcd.members().stream().filter(member -> !member.counts()).count();
    if (!etcd.hasQuorum() || unwell > 1) {
      fleet.etcdCalm().disturbed(loop.now());
    }
    fleet.everyone().forEach(this::check);
    fleet.callers().forEach(lists::check);
    fleet.callers().forEach(caller -> caller.rules().everySecond());
    checkLeases();
    loop.after(Loop.SECOND, this::everySecond);
  }

  private void check(InstanceProcess process) {
    long now = loop.now();
    if (process.isClaimed()
        && isCalm(process.calm(), TTL_NANOS + 5 * Loop.SECOND)
        && !(isRegistered(process) && process.registrar().snapshot().isHeld())) {
      log.violated(
          Promise.REGISTERED_AGAIN,
          "%s is alive, ready, and not registered: %s, %s",
          process.id(),
          truth.entry(process.key()),
          process.registrar().snapshot());
    }
    Truth.Entry entry = truth.entry(process.key());
    if (process.diedAt() > 0
        && now - process.renewedAt() > TTL_NANOS + 3 * Loop.SECOND
        && fleet.etcdCalm().isFor(TTL_NANOS + 3 * Loop.SECOND, now)
        && entry != null
        && entry.instance().equals(process.id())) {
      log.violated(
          Promise.CRASHED_IS_GONE,
          "%s has died at %s, and is registered",
          process.id(),
          History.seconds(process.diedAt()));
    }
  }

  private void checkLeases() {
    long settled = 3 * TTL_NANOS;
    if (loop.now() - fleet.healedAt() < settled) {
      // A request may have waited in the network, and have got a lease for nobody.
      return;
    }
    int alive = 0;
    for (InstanceProcess process : fleet.everyone()) {
      boolean gone = !process.machine().isAlive();
      if (!gone && !isCalm(process.calm(), settled)
          || gone && loop.now() - process.endedAt() < settled) {
        return;
      }
      alive += process.isClaimed() ? 1 : 0;
    }
    int leases = fleet.etcd().store().leases().size();
    if (fleet.etcdCalm().isFor(settled, loop.now()) && leases > alive) {
      log.violated(Promise.ONE_LEASE, "%d processes have %d leases", alive, leases);
    }
  }

  /** All have left, and some time has passed. */
  void farewell() {
    boolean calm =
        fleet.etcdCalm().isFor(SETTLED, loop.now()) && loop.now() - fleet.healedAt() > SETTLED;
    for (InstanceProcess each : fleet.everyone()) {
      calm &= each.diedAt() == 0 || loop.now() - each.diedAt() > 2 * SETTLED;
    }
    if (calm && !truth.entries().isEmpty()) {
      log.violated(Promise.DEREGISTERED, "all have left, and etcd has %s", truth.entries());
    }
    if (calm && !fleet.etcd().store().leases().isEmpty()) {
      log.violated(
          Promise.ONE_LEASE,
          "all have left, and etcd has %d leases",
          fleet.etcd().store().leases().size());
    }
  }

  /** Nobody overwhelms etcd, whatever happens. */
  private void rates() {
    fleet.forgetEnded();
    for (InstanceProcess each : fleet.everyone()) {
      rate(each.machine(), each.channel());
    }
    for (CallerProcess each : fleet.callers()) {
      rate(each.machine(), each.channel());
    }
    loop.after(RATE_TIME, this::rates);
  }

  private void rate(Machine machine, EtcdChannel channel) {
    Long before = requests.put(machine.name(), channel.requests());
    long made = channel.requests() - (before == null ? 0 : before);
    if (made > MOST_REQUESTS) {
      log.violated(
          Promise.FEW_REQUESTS,
          "%s has made %d requests within %d s",
          machine,
          made,
          RATE_TIME / Loop.SECOND);
    }
  }
}
