package dev.platform.core.balancer;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.SHUTDOWN;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;

import dev.platform.core.balancer.PeakEwmaPicker.Candidate;
import dev.platform.core.instance.InstanceAttributes;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connects to all instances and gives each call to the one that is likely to answer first, see
 * {@link PeakEwmaPicker}. It is a child of {@link OutlierAvoidingLoadBalancer}, whose subchannels
 * know the {@link InstanceLoad}; elsewhere it fails all calls, and says why. Confined to the
 * channel's synchronization context.
 */
final class PeakEwmaLoadBalancer extends LoadBalancer {

  private static final Status MISPLACED =
      Status.UNAVAILABLE.withDescription(
          "the policy %s works inside of %s only, where the platform's name resolvers put it"
              .formatted(PeakEwmaLoadBalancerProvider.POLICY, BalancerSettings.POLICY));

  private static final SubchannelPicker WAITING = new FixedResultPicker(PickResult.withNoResult());

  private final Helper channel;
  private final PeakEwmaPicker.Turns turns = new PeakEwmaPicker.Turns();
  private final Map<List<SocketAddress>, Member> members = new LinkedHashMap<>();
  private @Nullable BalancerContext context;
  private String zone = "";
  private boolean connected;

  PeakEwmaLoadBalancer(Helper channel) {
    this.channel = channel;
  }

  @Override
  public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
    BalancerContext next = addresses.getAttributes().get(BalancerContext.KEY);
    if (next == null) {
      return refuse(MISPLACED);
    }
    context = next;
    zone = next.zone().get();
    Map<List<SocketAddress>, EquivalentAddressGroup> listed = new LinkedHashMap<>();
    addresses.getAddresses().forEach(group -> listed.put(group.getAddresses(), group));
    if (listed.isEmpty()) {
      return refuse(Status.UNAVAILABLE.withDescription("there is no instance"));
    }
    List<Member> unlisted = new ArrayList<>();
    members
        .entrySet()
        .removeIf(each -> !listed.containsKey(each.getKey()) && unlisted.add(each.getValue()));
    for (Map.Entry<List<SocketAddress>, EquivalentAddressGroup> each : listed.entrySet()) {
      Member known = members.get(each.getKey());
      if (known != null) {
        known.update(each.getValue());
      } else if (!add(each.getKey(), each.getValue())) {
        return refuse(MISPLACED);
      }
    }
    publish();
    // After the new picker, so that no call picks what is shut down.
    unlisted.forEach(Member::shutDown);
    return Status.OK;
  }

  private boolean add(List<SocketAddress> key, EquivalentAddressGroup group) {
    Subchannel subchannel =
        channel.createSubchannel(
            CreateSubchannelArgs.newBuilder().setAddresses(List.of(group)).build());
    InstanceLoad load = subchannel.getAttributes().get(InstanceLoad.KEY);
    if (load == null) {
      subchannel.shutdown();
      return false;
    }
    Member member = new Member(subchannel, load, group);
    members.put(key, member);
    member.start();
    return true;
  }

  private Status refuse(Status why) {
    handleNameResolutionError(why);
    return why;
  }

  /** Whoever is connected can still be called. */
  @Override
  public void handleNameResolutionError(Status error) {
    if (!connected) {
      channel.updateBalancingState(
          TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(error)));
    }
  }

  @Override
  public void requestConnection() {
    members.values().forEach(member -> member.subchannel.requestConnection());
  }

  @Override
  public void shutdown() {
    members.values().forEach(Member::shutDown);
    members.clear();
  }

  private void stateChanged(Member member, ConnectivityStateInfo next) {
    ConnectivityState state = next.getState();
    if (member.gone || state == SHUTDOWN) {
      return;
    }
    if (state == TRANSIENT_FAILURE || state == IDLE) {
      channel.refreshNameResolution();
    }
    if (state == IDLE) {
      member.subchannel.requestConnection();
    }
    if (member.is(TRANSIENT_FAILURE) && (state == CONNECTING || state == IDLE)) {
      // It failed, until it is connected: calls need not wait for it.
      return;
    }
    member.state = next;
    publish();
  }

  private void publish() {
    List<Member> ready = members.values().stream().filter(member -> member.is(READY)).toList();
    connected = !ready.isEmpty();
    if (connected && context != null) {
      channel.updateBalancingState(READY, picker(ready, context));
    } else if (members.values().stream().allMatch(member -> member.is(TRANSIENT_FAILURE))) {
      members.values().stream()
          .findFirst()
          .ifPresent(member -> handleNameResolutionError(member.state.getStatus()));
    } else {
      channel.updateBalancingState(CONNECTING, WAITING);
    }
  }

  /**
   * The instances of this process's zone are preferred if at least half of those that are listed
   * are connected: fewer can't be expected to carry the load of all.
   */
  private SubchannelPicker picker(List<Member> ready, BalancerContext shared) {
    int heaviest = ready.stream().mapToInt(Member::weight).max().orElse(1);
    List<Candidate> near = new ArrayList<>();
    List<Candidate> far = new ArrayList<>();
    for (Member member : ready) {
      (member.isNear() ? near : far).add(member.candidate(heaviest));
    }
    long listed = members.values().stream().filter(Member::isNear).count();
    if (2L * near.size() < listed || near.isEmpty()) {
      near.addAll(far);
      far.clear();
    }
    return new PeakEwmaPicker(
        near,
        far,
        turns,
        shared.recorder()::nanoTime,
        shared.services().elsewhere(channel.getAuthority()));
  }

  /** A listed instance and its subchannel. */
  private final class Member {

    private final Subchannel subchannel;
    private final PickResult pick;
    private final InstanceLoad load;
    private EquivalentAddressGroup group;
    private ConnectivityStateInfo state = ConnectivityStateInfo.forNonError(IDLE);
    private boolean gone;

    Member(Subchannel subchannel, InstanceLoad load, EquivalentAddressGroup group) {
      this.subchannel = subchannel;
      this.pick = PickResult.withSubchannel(subchannel);
      this.load = load;
      this.group = group;
    }

    void start() {
      subchannel.start(next -> stateChanged(this, next));
      subchannel.requestConnection();
    }

    /** Its weight or zone may differ, or another process may have its address. */
    void update(EquivalentAddressGroup next) {
      if (!next.equals(group)) {
        group = next;
        subchannel.updateAddresses(List.of(next));
      }
    }

    void shutDown() {
      gone = true;
      subchannel.shutdown();
    }

    boolean is(ConnectivityState wanted) {
      return state.getState() == wanted;
    }

    int weight() {
      Integer weight = group.getAttributes().get(InstanceAttributes.WEIGHT);
      return weight == null ? TrackedSubchannel.DEFAULT_WEIGHT : weight;
    }

    boolean isNear() {
      return !zone.isEmpty() && zone.equals(group.getAttributes().get(InstanceAttributes.ZONE));
    }

    Candidate candidate(int heaviest) {
      return new Candidate(load, pick, (double) heaviest / weight());
    }
  }
}
