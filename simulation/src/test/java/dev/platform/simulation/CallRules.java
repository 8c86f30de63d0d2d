package dev.platform.simulation;

import dev.platform.core.balancer.AvoidanceListener;
import dev.platform.core.balancer.BalancedInstance;
import dev.platform.core.balancer.BalancedInstance.State;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Judges what one caller's resolver and balancer do with its calls. */
final class CallRules implements ServiceChannel.Observer {

  private static final long LONGEST_EJECTION = 62 * Loop.SECOND;

  /** An instance without faults for so long is called like the others. */
  private static final long WELL = 90 * Loop.SECOND;

  private static final long CONNECTED = 2 * Loop.SECOND;
  private static final long CONNECTED_AGAIN = 12 * Loop.SECOND;
  private static final long SILENT_AFTER = 3 * Loop.SECOND;

  private final Loop loop;
  private final History log;
  private final Machine machine;
  private final FollowedList list;
  private final Calm calm;
  private final Fleet fleet;
  private final BreakerRules breaker;
  private final Map<Callee, Sent> sent = new HashMap<>();
  private final Map<String, Long> leftAt = new HashMap<>();
  private final Map<String, Since> states = new TreeMap<>();
  private final Map<String, Long> unconnectedSince = new TreeMap<>();
  private @Nullable CallingClient client;
  private Set<String> resolved = Set.of();
  private boolean everResolved;
  private long usableSince = Long.MAX_VALUE / 2;

  /** What was sent to an instance. */
  private static final class Sent {

    private long lastAt;
    private long unansweredSince;
    private int unanswered;
  }

  private record Since(State state, long at) {}

  CallRules(Fleet fleet, Machine machine, FollowedList list, Calm calm) {
    this.fleet = fleet;
    this.loop = fleet.loop();
    this.log = fleet.log();
    this.machine = machine;
    this.list = list;
    this.calm = calm;
    this.breaker = new BreakerRules(fleet, machine, calm);
  }

  BreakerRules breaker() {
    return breaker;
  }

  void watch(CallingClient calling) {
    client = calling;
  }

  // The resolver

  @Override
  public void resolved(List<EquivalentAddressGroup> addresses) {
    Set<String> now = new TreeSet<>();
    addresses.forEach(group -> now.add(ServiceChannel.text(group.getAddresses().get(0))));
    for (String each : resolved) {
      if (!now.contains(each)) {
        leftAt.put(each, loop.now());
      }
    }
    if (resolved.isEmpty()) {
      usableSince = loop.now();
    }
    resolved = now;
    everResolved = true;
  }

  @Override
  public void notResolved(Status error) {
    resolved.forEach(each -> leftAt.put(each, loop.now()));
    resolved = Set.of();
    usableSince = Long.MAX_VALUE / 2;
    if (everResolved && !list.listed().isEmpty()) {
      log.violated(
          Promise.RESOLVER_KEEPS,
          "%s: the resolver reports %s, its list is %s",
          machine,
          error,
          list.listed());
    }
  }

  // The balancer

  @Override
  public void sent(Callee callee) {
    String address = callee.address();
    breaker.sent();
    log.mix(address.hashCode());
    Long left = leftAt.get(address);
    if (!resolved.isEmpty()
        && !resolved.contains(address)
        && (left == null || loop.now() - left > Loop.SECOND)) {
      log.violated(Promise.ONLY_LISTED, "%s calls %s, which is not listed", machine, address);
    }
    Sent known = sent.computeIfAbsent(callee, unused -> new Sent());
    if (known.unansweredSince > 0 && loop.now() - known.unansweredSince > SILENT_AFTER) {
      silentIsCalled(callee, known);
    }
    known.lastAt = loop.now();
    if (known.unanswered++ == 0) {
      known.unansweredSince = loop.now();
    }
  }

  /** Only frozen ones are silent: others answer health checks. */
  private void silentIsCalled(Callee callee, Sent known) {
    boolean frozen =
        callee.machine().isPaused() || (!callee.machine().isAlive() && !callee.isRefusing());
    long silent =
        fleet.slots().stream()
            .filter(each -> each.machine().isPaused() || !each.machine().isAlive())
            .count();
    if (frozen
        && 2 * (silent + 1) <= resolved.size()
        && calm.isFor(20 * Loop.SECOND, loop.now())
        && fleet.failuresCalm().isFor(2 * WELL, loop.now())) {
      log.violated(
          Promise.SILENT_AVOIDED,
          "%s calls %s, which has not answered since %s",
          machine,
          callee.machine(),
          History.seconds(known.unansweredSince));
    }
  }

  @Override
  public void ended(Callee callee, Status status) {
    Sent known = sent.get(callee);
    if (known != null) {
      known.unanswered--;
      if (status.getCode() != Status.Code.DEADLINE_EXCEEDED || known.unanswered == 0) {
        known.unansweredSince = known.unanswered == 0 ? 0 : loop.now();
      }
    }
  }

  /** Callers of an instance that leaves in good order have left it before. */
  @Override
  public void lost(Callee callee) {
    InstanceProcess process = fleet.process(callee.machine().name());
    long settled = 20 * Loop.SECOND;
    if (process != null
        && process.deregisteredAt() > 0
        && !resolved.isEmpty()
        && !resolved.contains(callee.address())
        && calm.isFor(settled, loop.now())
        && fleet.etcdCalm().isFor(settled, loop.now())
        && fleet.failuresCalm().isFor(settled, loop.now())) {
      log.violated(
          Promise.NO_CALL_LOST,
          "%s loses a call to %s, which has deregistered at %s",
          machine,
          process.id(),
          History.seconds(process.deregisteredAt()));
    }
  }

  @Override
  public void notSent(Status status) {
    long well =
        fleet.slots().stream()
            .filter(each -> each.callee().accepts() && resolved.contains(each.callee().address()))
            .filter(each -> loop.now() - each.wellSince() > WELL)
            .count();
    if (well > 0 && calm.isFor(WELL, loop.now())) {
      log.violated(
          Promise.CALLS_FIND_ONE, "%s: a call fails with %s, %d are well", machine, status, well);
    }
  }

  /** An instance is avoided, or is no longer. */
  void avoided(AvoidanceListener.Reason reason, boolean begins) {
    CallingClient known = client;
    if (known == null || reason != AvoidanceListener.Reason.FAILING) {
      return;
    }
    known.instances().forEach(this::checkState);
    if (!begins) {
      return;
    }
    long ready = 0;
    long ejected = 0;
    for (BalancedInstance each : known.instances()) {
      ready += isConnected(each.state()) ? 1 : 0;
      ejected += each.state() == State.EJECTED ? 1 : 0;
    }
    if (2 * ejected > ready) {
      log.violated(
          Promise.AT_MOST_HALF, "%s: %d of %d instances are ejected", machine, ejected, ready);
    }
  }

  private static boolean isConnected(State state) {
    return state != State.CONNECTING && state != State.UNREACHABLE;
  }

  // Every second

  void everySecond() {
    CallingClient known = client;
    if (known == null || machine.isPaused()) {
      return;
    }
    checkResolver();
    breaker.everySecond(known.state(), usableSince);
    // Of a large fleet less often: it takes longer than all else.
    if (resolved.size() <= 8 || loop.now() / Loop.SECOND % 10 == 0) {
      for (BalancedInstance each : known.instances()) {
        checkState(each);
        checkConnected(each);
      }
    }
    if (resolved.size() <= 8
        && calm.isFor(WELL, loop.now())
        && fleet.callsCalm().isFor(WELL, loop.now())) {
      fleet.slots().forEach(this::checkCalled);
    }
  }

  private void checkResolver() {
    Set<String> addresses = list.addresses();
    if (loop.now() - list.publishedAt() > Loop.SECOND
        && calm.isFor(Loop.SECOND, loop.now())
        && !addresses.equals(resolved)) {
      log.violated(
          Promise.RESOLVER_FOLLOWS,
          "%s resolves to %s, listed is %s",
          machine,
          resolved,
          addresses);
    }
  }

  private void checkState(BalancedInstance instance) {
    Since known = states.get(instance.address());
    if (known == null || known.state != instance.state()) {
      log.note("%s: %s is %s", machine, instance.address(), instance.state());
      states.put(instance.address(), new Since(instance.state(), loop.now()));
    } else if (instance.state() == State.EJECTED
        && loop.now() - known.at > LONGEST_EJECTION
        && calm.isFor(Loop.SECOND, loop.now())) {
      log.violated(
          Promise.EJECTION_ENDS,
          "%s: %s is ejected since %s",
          machine,
          instance.address(),
          History.seconds(known.at));
    }
  }

  /** What is listed anew is another process, which is connected at once; what is not, soon. */
  private void checkConnected(BalancedInstance instance) {
    if (isConnected(instance.state())) {
      unconnectedSince.remove(instance.address());
      return;
    }
    InstanceProcess process = fleet.processAt(instance.address());
    Long since = unconnectedSince.putIfAbsent(instance.address(), loop.now());
    if (process == null || since == null || !process.callee().accepts()) {
      return;
    }
    long well = Math.max(Math.max(since, process.wellSince()), calm.since());
    if (loop.now() - Math.max(well, list.listedSince(process.id())) > CONNECTED) {
      log.violated(Promise.CONNECTED_ANEW, "%s is not connected to %s", machine, process.id());
    }
    if (loop.now() - Math.max(well, list.listedSince(instance.address())) > CONNECTED_AGAIN) {
      log.violated(
          Promise.CONNECTED_AGAIN, "%s is not connected to %s", machine, instance.address());
    }
  }

  private void checkCalled(InstanceProcess process) {
    String address = process.callee().address();
    long since = Math.max(process.wellSince(), list.listedSince(address));
    if (loop.now() - since < WELL || !resolved.contains(address)) {
      return;
    }
    Sent known = sent.get(process.callee());
    long last = known == null ? since : Math.max(since, known.lastAt);
    if (loop.now() - last > 30 * Loop.SECOND) {
      log.violated(
          Promise.ALL_CALLED,
          "%s has not called %s since %s, and it is well",
          machine,
          process.id(),
          History.seconds(last));
    }
  }
}
