package dev.platform.simulation;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges what callers list, every second: see {@link FollowedList} for each list by itself. */
final class ListRules {

  private static final long SETTLED = 20 * Loop.SECOND;

  /** So long a caller may have been away before something departed. */
  private static final long LONGEST_ABSENCE = 150 * Loop.SECOND;

  private final Fleet fleet;
  private final Loop loop;
  private final History log;
  private final Truth truth;

  ListRules(Fleet fleet, Loop loop, History log, Truth truth) {
    this.fleet = fleet;
    this.loop = loop;
    this.log = log;
    this.truth = truth;
  }

  private boolean isCalm(Calm process, long nanos) {
    return process.isFor(nanos, loop.now()) && fleet.etcdCalm().isFor(nanos, loop.now());
  }

  void check(CallerProcess caller) {
    FollowedList list = caller.followed();
    long now = loop.now();
    if (!isCalm(caller.calm(), SETTLED)) {
      return;
    }
    if (now - truth.changedAt() > Loop.SECOND && !list.hasSeen(truth.history(), truth.revision())) {
      log.violated(
          Promise.FOLLOWS,
          "%s does not know what etcd has since %s (%s)",
          caller.machine(),
          History.seconds(truth.changedAt()),
          list.listed());
    }
    for (String each : list.listed()) {
      Long departed = departedAt(each);
      if (departed != null && now - departed > Loop.SECOND && !mayBeHeld(caller, departed)) {
        log.violated(
            Promise.DEPARTED_IS_GONE,
            "%s lists %s, which has departed at %s",
            caller.machine(),
            each,
            History.seconds(departed));
      }
      Long vanished = truth.vanishedAt(each);
      long longest = SETTLED + CallerProcess.HOLD.time().toNanos() + 15 * Loop.SECOND;
      if (vanished != null && now - vanished > longest && isCalm(caller.calm(), longest)) {
        log.violated(
            Promise.VANISHED_IS_GONE,
            "%s lists %s, which has vanished at %s",
            caller.machine(),
            each,
            History.seconds(vanished));
      }
    }
    checkHeld(caller, list);
  }

  private @Nullable Long departedAt(String instance) {
    InstanceProcess process = fleet.process(instance);
    return process != null && process.deregisteredAt() > 0
        ? Long.valueOf(process.deregisteredAt())
        : truth.departedAt(instance);
  }

  /** It departed while this caller could not know, and the log is gone from which it could. */
  private boolean mayBeHeld(CallerProcess caller, long departed) {
    long since = Math.max(caller.calm().since(), fleet.etcdCalm().since());
    boolean disturbedAfter = since > departed - SETTLED;
    long then = departed - LONGEST_ABSENCE;
    boolean logGone = fleet.compactedAt() > then || fleet.wipedAt() > then;
    long longest = CallerProcess.HOLD.time().toNanos() + SETTLED;
    return disturbedAfter && logGone && loop.now() - since < longest;
  }

  /** Instances that vanished at once stay listed for a time. */
  private void checkHeld(CallerProcess caller, FollowedList list) {
    long window = CallerProcess.HOLD.window().toNanos() - Loop.SECOND;
    Set<String> missing = new HashSet<>();
    for (Map.Entry<String, Truth.Vanished> each : truth.vanished().entrySet()) {
      long age = loop.now() - each.getValue().at();
      if (age < window && age > Loop.SECOND && list.everListed().contains(each.getKey())) {
        missing.add(each.getKey());
      }
    }
    int up = truth.at(truth.history(), Long.MAX_VALUE).size();
    long before = missing.size() + Math.max(up, truth.leftBy(missing));
    boolean large =
        before >= CallerProcess.HOLD.minimumInstances()
            && missing.size() > CallerProcess.HOLD.ratio() * before;
    boolean known = loop.now() - truth.changedAt() > Loop.SECOND;
    if (known && (large || up == 0) && !list.listed().containsAll(missing)) {
      log.violated(
          up == 0 ? Promise.NOT_EMPTY : Promise.HELD,
          "%s lists %s, of %d instances %s have vanished just now",
          caller.machine(),
          list.listed(),
          before,
          missing);
    }
  }
}
