package dev.platform.simulation;

import dev.platform.core.discovery.InstanceList;
import dev.platform.core.discovery.InstanceList.Origin;
import dev.platform.core.instance.Instance;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** The lists that one caller's directory publishes, against what etcd had. */
final class FollowedList {

  private final String caller;
  private final History log;
  private final Truth truth;
  private final Set<String> everListed = new HashSet<>();
  private Set<String> listed = Set.of();
  private boolean known;

  /** The earliest history that the lists so far can be of, and the latest. */
  private int history;

  private int latest;
  private long revision;
  private long publishedAt;
  private final Map<String, Long> droppedAt = new TreeMap<>();
  private BooleanSupplier undisturbed = () -> false;
  private final Map<String, Long> addresses = new TreeMap<>();
  private final Map<String, Long> ids = new TreeMap<>();

  FollowedList(String caller, History log, Truth truth) {
    this.caller = caller;
    this.log = log;
    this.truth = truth;
    this.history = truth.history();
    this.latest = history;
  }

  /** What is listed now, held ones included. */
  Set<String> listed() {
    return listed;
  }

  /** Whether it has followed etcd's history up to this revision. */
  boolean hasSeen(int ofHistory, long atRevision) {
    return latest > ofHistory || (latest == ofHistory && revision >= atRevision);
  }

  Set<String> everListed() {
    return everListed;
  }

  /** Where the listed ones are. */
  Set<String> addresses() {
    return addresses.keySet();
  }

  /** Since when an address, or an instance, is listed; now if it is not. */
  long listedSince(String which) {
    return addresses.getOrDefault(which, ids.getOrDefault(which, log.now()));
  }

  long publishedAt() {
    return publishedAt;
  }

  /** On the directory's thread. */
  void listed(InstanceList list) {
    publishedAt = log.now();
    if (list.origin() == Origin.SNAPSHOT) {
      if (known) {
        log.violated(
            Promise.SNAPSHOT_ONLY_FIRST, "%s: a snapshot is published after a list", caller);
      }
    } else {
      checkExact(list);
      known = true;
    }
    Set<String> now = new TreeSet<>();
    Set<String> where = new TreeSet<>();
    for (Instance each : list.instances()) {
      now.add(each.id());
      where.add(each.address().toString());
    }
    ids.keySet().retainAll(now);
    now.forEach(id -> ids.putIfAbsent(id, log.now()));
    addresses.keySet().retainAll(where);
    where.forEach(address -> addresses.putIfAbsent(address, log.now()));
    if (now.size() < list.instances().size()) {
      log.violated(Promise.EXACT_LIST, "%s lists an instance twice: %s", caller, list.instances());
    }
    checkHeld(list, now);
    log.note(
        "%s: %s at revision %d: %s, %d held",
        caller, list.origin(), list.revision(), now, list.held());
    listed = now;
    everListed.addAll(now);
  }

  /** Nothing disturbs this caller, so that it hears of each instance by itself. */
  void undisturbed(BooleanSupplier question) {
    undisturbed = question;
  }

  /** If a large part vanishes within the window, none of it is dropped. */
  private void checkHeld(InstanceList list, Set<String> now) {
    long window = CallerProcess.HOLD.window().toNanos() - Loop.SECOND;
    for (String each : listed) {
      if (!now.contains(each)) {
        droppedAt.put(each, log.now());
      }
    }
    droppedAt.keySet().removeAll(now);
    droppedAt.values().removeIf(at -> log.now() - at > window);
    Set<String> dropped = new TreeSet<>(droppedAt.keySet());
    dropped.removeIf(each -> !hasJustVanished(each, window));
    int gone = dropped.size() + list.held();
    long before = Math.max(dropped.size() + now.size(), gone + truth.leftBy(dropped));
    if (!dropped.isEmpty()
        && before >= CallerProcess.HOLD.minimumInstances()
        && gone > CallerProcess.HOLD.ratio() * before
        && undisturbed.getAsBoolean()) {
      log.violated(
          Promise.HELD,
          "%s drops %s, of %d instances %d have vanished",
          caller,
          dropped,
          before,
          gone);
    }
  }

  private boolean hasJustVanished(String instance, long window) {
    Long at = truth.vanishedAt(instance);
    return at != null && log.now() - at <= window && truth.departedAt(instance) == null;
  }

  private void checkExact(InstanceList list) {
    List<Instance> instances = list.instances();
    Set<String> inEtcd = new TreeSet<>();
    for (Instance each : instances.subList(0, instances.size() - list.held())) {
      inEtcd.add(each.id());
    }
    int earliest = -1;
    for (int candidate = history; candidate <= truth.history(); candidate++) {
      if (truth.at(candidate, list.revision()).equals(inEtcd)
          && (candidate > history || list.revision() >= revision)) {
        earliest = earliest < 0 ? candidate : earliest;
        latest = candidate;
      }
    }
    if (earliest >= 0) {
      history = earliest;
      revision = list.revision();
    } else if (truth.at(history, list.revision()).equals(inEtcd)) {
      log.violated(
          Promise.NEVER_BACK,
          "%s goes from revision %d back to %d of the same history",
          caller,
          revision,
          list.revision());
    } else {
      log.violated(
          Promise.EXACT_LIST,
          "%s lists %s at revision %d, etcd has %s there",
          caller,
          inEtcd,
          list.revision(),
          truth.at(history, list.revision()));
    }
  }
}
