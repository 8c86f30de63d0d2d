package dev.platform.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Makes the faults of a story happen, and tells whom they disturb until when. */
final class Trouble {

  /** After this time the loss of one member of several disturbs nobody any more. */
  private static final long ONE_MEMBER = 20 * Loop.SECOND;

  private final Fleet fleet;
  private final Loop loop;
  private final History log;

  /** By slot: another process may keep the address until then, whichever instance has it. */
  private final Map<Integer, Long> claimedTwiceUntil = new HashMap<>();

  Trouble(Fleet fleet) {
    this.fleet = fleet;
    this.loop = fleet.loop();
    this.log = fleet.log();
  }

  void schedule(Fault fault) {
    loop.at(fault.at(), () -> begin(fault));
  }

  private void begin(Fault fault) {
    log.note("%s", fault);
    Etcd etcd = fleet.etcd();
    switch (fault.kind()) {
      case MEMBER_CRASHED -> member(fault, EtcdMember::crash, EtcdMember::start);
      case MEMBER_FROZEN -> member(fault, EtcdMember::freeze, EtcdMember::thaw);
      case MEMBER_ISOLATED -> member(fault, EtcdMember::isolate, EtcdMember::rejoin);
      case MEMBER_LAGS -> {
        disturbAll(fault.duration() + fault.size());
        etcd.member(fault.target()).lag(fault.size());
        loop.after(fault.duration(), () -> etcd.member(fault.target()).lag(0));
      }
      case ETCD_RESTARTED -> {
        disturbAll(fault.duration());
        etcd.restart(fault.duration());
      }
      case ELECTION -> {
        disturbAll(fault.duration());
        etcd.elect(fault.duration());
      }
      case ETCD_WIPED -> {
        disturbAll(0);
        etcd.wipe((int) fault.size());
      }
      case COMPACTED -> fleet.compact();
      case SLOW_DISK -> {
        disturbAll(fault.duration() + fault.size());
        etcd.slowDisk(fault.size());
        loop.after(fault.duration(), () -> etcd.slowDisk(0));
      }
      case ETCD_FULL -> {
        disturbAll(fault.duration());
        etcd.full(true);
        loop.after(fault.duration(), () -> etcd.full(false));
      }
      case INSTANCE_CUT_OFF,
          INSTANCE_HALF_CUT_OFF,
          INSTANCE_RESET,
          INSTANCE_PAUSED,
          INSTANCE_CLOCK,
          INSTANCE_NOT_READY,
          KEY_DELETED,
          KEY_OVERWRITTEN,
          LEASE_REVOKED ->
          instance(fault, fleet.slot(fault.target()));
      case INSTANCE_KILLED, INSTANCE_LOST, INSTANCE_LEAVES, CLAIMED_TWICE -> replaced(fault);
      case MOST_LEAVE -> {
        for (int slot = 1; slot < fleet.slots().size(); slot++) {
          replaced(new Fault(Fault.Kind.INSTANCE_LEAVES, fault.at(), fault.duration(), slot, 0));
        }
      }
      case ALL_LEASES_REVOKED -> {
        fleet.everyone().forEach(each -> each.calm().disturbed(loop.now()));
        etcd.store().leases().forEach(lease -> etcd.store().revoke(lease));
      }
      case INSTANCE_FAILS -> fail(fault, fleet.slot(fault.target()));
      case ALL_FAIL -> {
        fleet.slots().forEach(each -> fail(fault, each));
        fleet.allFailSince(loop.now());
        // Three seconds at five calls a second, and three more where they wait for their deadline.
        fleet.opensWithin(15 * fleet.callPause() + (fault.size() == 3 ? 3 : 0) * Loop.SECOND);
        loop.after(fault.duration(), () -> fleet.allFailSince(0));
      }
      case CALLER_CUT_OFF, CALLER_RESET, CALLER_PAUSED, CALLER_CLOCK, CALLER_RESTARTED ->
          caller(fault, fleet.caller(fault.target()));
    }
  }

  private void fail(Fault fault, InstanceProcess process) {
    Callee.Failing[] ways = Callee.Failing.values();
    long end = loop.now() + fault.duration();
    process.callee().fail(ways[(int) fault.size()], end);
    process.unwell(end);
    fleet.callsCalm().disturbed(end);
    fleet.failuresCalm().disturbed(end);
  }

  private void disturbAll(long nanos) {
    fleet.etcdCalm().disturbed(loop.now() + nanos);
  }

  private void member(Fault fault, Consumer<EtcdMember> begin, Consumer<EtcdMember> end) {
    EtcdMember member = fleet.etcd().member(fault.target());
    begin.accept(member);
    boolean one = fleet.etcd().hasQuorum();
    disturbAll(one ? Math.min(fault.duration(), ONE_MEMBER) : fault.duration());
    if (one && fleet.random().nextInt(3) == 0) {
      // It was the leader.
      fleet.etcd().elect(Loop.SECOND / 2 + fleet.random().nextLong(2 * Loop.SECOND));
      disturbAll(3 * Loop.SECOND);
    }
    loop.after(
        fault.duration(),
        () -> {
          end.accept(member);
          fleet.healed();
        });
  }

  private void instance(Fault fault, InstanceProcess process) {
    long now = loop.now();
    Machine machine = process.machine();
    if (!machine.isAlive()) {
      return;
    }
    switch (fault.kind()) {
      case INSTANCE_CUT_OFF -> {
        process.calm().disturbed(now + fault.duration());
        cut(process.links().values(), fault.duration());
      }
      case INSTANCE_HALF_CUT_OFF -> {
        process.calm().disturbed(now + Math.min(ONE_MEMBER, fault.duration()));
        if (process.links().size() == 1) {
          process.calm().disturbed(now + fault.duration());
        }
        cut(List.of(process.link(fault.target())), fault.duration());
      }
      case INSTANCE_RESET -> {
        process.calm().disturbed(now);
        process.links().values().forEach(Link::reset);
      }
      case INSTANCE_PAUSED -> {
        process.calm().disturbed(now + fault.duration());
        process.unwell(now + fault.duration());
        fleet.callsCalm().disturbed(now + fault.duration());
        machine.pause();
        loop.after(fault.duration(), machine::resume);
      }
      case INSTANCE_CLOCK -> machine.jump(fault.size());
      case INSTANCE_NOT_READY -> {
        fleet.checker().releases(process);
        process.calm().disturbed(now + fault.duration());
        loop.after(
            fault.duration(),
            () -> {
              if (machine.isAlive()) {
                fleet.checker().claims(process);
              }
            });
      }
      case KEY_DELETED -> {
        fleet.checker().keyDeleted(process);
        fleet.etcd().store().delete(process.key());
        process.calm().disturbed(now);
      }
      case KEY_OVERWRITTEN -> {
        process.calm().disturbed(now + fault.duration());
        fleet.etcd().store().put(process.key(), Fleet.foreignValue(process));
        loop.after(fault.duration(), () -> removeForeign(process));
      }
      case LEASE_REVOKED -> {
        process.calm().disturbed(now);
        fleet.revoke(process);
      }
      default -> throw new IllegalArgumentException(fault.toString());
    }
  }

  private void removeForeign(InstanceProcess process) {
    if (fleet.etcd().store().get(process.key()).contains("\"foreign-")) {
      fleet.etcd().store().delete(process.key());
    }
  }

  private void cut(Iterable<Link> links, long duration) {
    links.forEach(Link::cut);
    loop.after(
        duration,
        () -> {
          links.forEach(Link::heal);
          fleet.healed();
        });
  }

  private void replaced(Fault fault) {
    int slot = fault.target() % fleet.slots().size();
    InstanceProcess process = fleet.slot(slot);
    fleet.callsCalm().disturbed(loop.now() + fault.duration());
    switch (fault.kind()) {
      case INSTANCE_KILLED -> process.die(false);
      case INSTANCE_LOST -> process.die(true);
      case INSTANCE_LEAVES -> {
        if (process.machine().isAlive()) {
          fleet.checker().leaves(process);
        }
      }
      case CLAIMED_TWICE -> {
        claimTwice(fault, slot, process);
        return;
      }
      default -> throw new IllegalArgumentException(fault.toString());
    }
    loop.after(
        fault.duration(),
        () -> {
          if (fleet.slot(slot) == process) {
            InstanceProcess next = fleet.start(slot);
            next.calm().disturbed(claimedTwiceUntil.getOrDefault(slot, 0L));
            fleet.replace(slot, next);
          }
        });
  }

  private void claimTwice(Fault fault, int slot, InstanceProcess process) {
    // Until the second one's lease has expired, if it dies.
    long end = loop.now() + fault.duration() + InstanceProcess.TTL.toNanos() + 3 * Loop.SECOND;
    process.calm().disturbed(end);
    claimedTwiceUntil.merge(slot, end, Math::max);
    InstanceProcess second = fleet.another(slot, false);
    second.claim();
    second.calm().disturbed(Long.MAX_VALUE / 2);
    loop.after(
        fault.duration(),
        () -> {
          if (fault.size() == 0) {
            fleet.checker().leaves(second);
          } else {
            second.die(false);
          }
        });
  }

  private void caller(Fault fault, CallerProcess caller) {
    long end = loop.now() + fault.duration();
    switch (fault.kind()) {
      case CALLER_CUT_OFF -> {
        caller.calm().disturbed(end);
        cut(caller.links().values(), fault.duration());
      }
      case CALLER_RESET -> {
        caller.calm().disturbed(loop.now());
        caller.links().values().forEach(Link::reset);
      }
      case CALLER_PAUSED -> {
        caller.calm().disturbed(end);
        caller.machine().pause();
        loop.after(fault.duration(), caller.machine()::resume);
      }
      case CALLER_CLOCK -> caller.machine().jump(fault.size());
      case CALLER_RESTARTED -> fleet.restartCaller(fault.target());
      default -> throw new IllegalArgumentException(fault.toString());
    }
  }
}
