package dev.platform.core.balancer;

import static dev.platform.core.balancer.AvoidanceListener.Reason.FAILING;
import static dev.platform.core.balancer.AvoidanceListener.Reason.SILENT;

import dev.platform.core.balancer.AvoidanceListener.Reason;
import dev.platform.core.call.CallRecorder;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.util.GracefulSwitchLoadBalancer;
import io.opentelemetry.api.trace.Span;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Avoids instances that are connected and silent, and instances whose calls fail, as long as these
 * are at most half of all. A child policy picks the instances; a picked instance that is avoided is
 * picked again.
 *
 * <p><b>Silent instances.</b> gRPC's keep-alive finds a frozen process after minutes, since servers
 * punish frequent pings, and its lease ends when its TTL is over. Until then some of all calls
 * would wait for their deadlines, and block their callers' threads. So an instance becomes quiet if
 * nothing was received from it for 250 ms after a unary call was sent: others are preferred, and it
 * gets a health check. Any response ends that, an error too; a slow call alone does not make an
 * instance silent. Without a response within 1.5 s it is silent: this is logged, and it gets
 * further checks until it answers. If more than half of all instances seem silent, the cause is
 * more likely in this process, and all are called.
 *
 * <p>Streams, and calls without a deadline, may rightly be silent: the instance is checked after
 * ten seconds without anything from it. Whoever is silent for 13 s loses its connection, as after
 * an unanswered ping: these calls fail, and the policy connects again.
 *
 * <p><b>Failing instances.</b> An instance whose calls fail is ejected for a time, see {@link
 * OutlierDetection}. If more than half of all would be ejected, it is not: then the service fails,
 * which is the circuit breaker's task.
 *
 * <p><b>Unreachable instances.</b> The policy's subchannels connect again, at once if another
 * process has the address, and ten seconds after an attempt that failed at the latest.
 *
 * <p>Pickers are thread-safe. Everything else is confined to the channel's synchronization context.
 */
final class OutlierAvoidingLoadBalancer extends ForwardingLoadBalancer
    implements TrackedSubchannel.Owner, SilenceWatch.Listener {

  static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  static final Duration PATIENCE = Duration.ofMillis(1500);
  static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(10);
  static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(13);

  private static final Logger log = LoggerFactory.getLogger(OutlierAvoidingLoadBalancer.class);

  private final Helper channel;
  private final SynchronizationContext syncContext;
  private final GracefulSwitchLoadBalancer policy;
  private final UsualTimes usual = new UsualTimes();

  /** What was reported of each. Read on any thread, to be seen by people. */
  private final Map<TrackedSubchannel, Set<Reason>> instances = new ConcurrentHashMap<>();

  private final Map<TrackedSubchannel, SynchronizationContext.ScheduledHandle> returns =
      new HashMap<>();
  private final SilenceWatch silent;
  private final ConnectPauses pauses;
  private final AtomicBoolean pingsReported = new AtomicBoolean();
  private List<EquivalentAddressGroup> listed = List.of();
  private boolean closed;
  private volatile boolean avoiding;
  private volatile boolean sparing;

  // set before the child policy is called
  private volatile @Nullable BalancerContext context;
  private volatile @Nullable BalancerSettings settings;
  private volatile String policyName = "";

  OutlierAvoidingLoadBalancer(Helper channel) {
    this.channel = channel;
    this.syncContext = channel.getSynchronizationContext();
    this.policy = new GracefulSwitchLoadBalancer(new Wrapping());
    this.pauses = new ConnectPauses(channel);
    this.silent =
        new SilenceWatch(channel, instances.keySet(), () -> context().recorder().nanoTime(), this);
  }

  @Override
  protected LoadBalancer delegate() {
    return policy;
  }

  @Override
  public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
    BalancerContext nextContext = addresses.getAttributes().get(BalancerContext.KEY);
    if (nextContext == null
        || !(addresses.getLoadBalancingPolicyConfig() instanceof BalancerSettings.Parsed next)) {
      return Status.UNAVAILABLE.withDescription(
          BalancerSettings.POLICY + " needs its configuration and a BalancerContext");
    }
    if (context != null && context != nextContext) {
      context.services().remove(channel.getAuthority(), this);
    }
    context = nextContext;
    settings = next.settings();
    policyName = next.childName();
    nextContext.services().add(channel.getAuthority(), this);
    OutlierDetection ejection = next.settings().ejection();
    instances.keySet().forEach(instance -> instance.ejection().configure(ejection));
    Status accepted =
        policy.acceptResolvedAddresses(
            addresses.toBuilder().setLoadBalancingPolicyConfig(next.child()).build());
    connectAgain(addresses.getAddresses());
    return accepted;
  }

  /**
   * What is listed anew, or differently, is most likely another process, which has just started.
   */
  private void connectAgain(List<EquivalentAddressGroup> next) {
    List<TrackedSubchannel> unreachable =
        instances.keySet().stream().filter(TrackedSubchannel::isUnreachable).toList();
    if (!unreachable.isEmpty()) {
      Set<EquivalentAddressGroup> known = new HashSet<>(listed);
      Set<SocketAddress> news = new HashSet<>();
      next.stream()
          .filter(group -> !known.contains(group))
          .forEach(group -> news.addAll(group.getAddresses()));
      unreachable.stream()
          .filter(instance -> instance.hasAddressOf(news))
          .forEach(TrackedSubchannel::connectAgain);
    }
    listed = next;
  }

  /** Nothing is listed, or nobody knows: what is listed next, is listed anew. */
  @Override
  public void handleNameResolutionError(Status error) {
    listed = List.of();
    super.handleNameResolutionError(error);
  }

  private BalancerContext context() {
    return Objects.requireNonNull(context, "addresses come before subchannels and picks");
  }

  private BalancerSettings settings() {
    return Objects.requireNonNull(settings, "addresses come before subchannels and picks");
  }

  @Override
  public void shutdown() {
    closed = true;
    silent.stop();
    super.shutdown();
    if (context != null) {
      context.services().remove(channel.getAuthority(), this);
    }
  }

  /** What is known at this moment. On any thread. */
  BalancedService snapshot() {
    long now = context().recorder().nanoTime();
    return new BalancedService(
        channel.getAuthority(),
        policyName,
        instances.keySet().stream()
            .map(instance -> instance.snapshot(now))
            .sorted(Comparator.comparing(BalancedInstance::address))
            .toList());
  }

  /** On any thread. */
  private void unarySent() {
    if (avoidsSilent()) {
      silent.unarySent();
    }
  }

  @Override
  public void patientCallSent() {
    silent.patientCallSent();
  }

  @Override
  public boolean avoidsSilent() {
    return settings().avoidSilent();
  }

  @Override
  public boolean avoidsAny() {
    return avoiding || sparing;
  }

  @Override
  public boolean avoids(TrackedSubchannel instance) {
    return (avoiding && instance.isAvoided()) || (sparing && instance.silence().isQuiet());
  }

  @Override
  public void pingedTooOften(TrackedSubchannel instance) {
    if (pingsReported.compareAndSet(false, true)) {
      log.warn(
          "{}: {} closed a connection because of keep-alive pings (too_many_pings): raise"
              + " grpc.client.<name>.keep-alive-time on Spring Boot 3.5,"
              + " spring.grpc.client.channel.<name>.keepalive.time on 4.1, or keepAliveTime of the"
              + " channel's builder",
          channel.getAuthority(),
          instance);
    }
  }

  @Override
  public void failing(TrackedSubchannel instance, Span last) {
    syncContext.execute(() -> eject(instance, last));
  }

  @Override
  public void proven(TrackedSubchannel instance) {
    syncContext.execute(() -> changed(instance));
  }

  private void eject(TrackedSubchannel instance, Span last) {
    if (!instance.isReady() || instance.isAvoided() || 2 * (doubted() + 1) > ready()) {
      return;
    }
    Duration time = instance.ejection().eject();
    log.warn(
        "{}: {} is ejected for {} s, because its calls fail",
        channel.getAuthority(),
        instance,
        time.toMillis() / 1000.0);
    last.addEvent("platform.instance.ejected", instance.peer().attributes());
    changed(instance);
    returns.put(
        instance,
        syncContext.schedule(
            () -> readmit(instance),
            time.toNanos(),
            TimeUnit.NANOSECONDS,
            channel.getScheduledExecutorService()));
  }

  private void readmit(TrackedSubchannel instance) {
    instance.ejection().readmit();
    easeIn(instance);
    log.info("{}: {} is readmitted", channel.getAuthority(), instance);
    changed(instance);
  }

  @Override
  public void connected(TrackedSubchannel instance) {
    CallRecorder recorder = context().recorder();
    long now = recorder.nanoTime();
    long window = slowStart().of(instance, instances.keySet(), now, recorder.clock().instant());
    instance.load().restart(now, window);
  }

  @Override
  public void answersAgain(TrackedSubchannel instance) {
    easeIn(instance);
  }

  /** It was avoided: others carry its load, and what was known of it is old. */
  private void easeIn(TrackedSubchannel instance) {
    long window = slowStart().window().toNanos();
    instance.load().restart(context().recorder().nanoTime(), window);
  }

  /** Other policies know no shares. */
  private SlowStart slowStart() {
    boolean eases = policyName.equals(PeakEwmaLoadBalancerProvider.POLICY);
    return new SlowStart(eases ? settings().slowStart() : Duration.ZERO);
  }

  /** Also called when it is shut down or reconnected: its ejection has ended then. */
  @Override
  public void changed(TrackedSubchannel instance) {
    pauses.changed(instance);
    if (!instance.ejection().isEjected()) {
      SynchronizationContext.ScheduledHandle end = returns.remove(instance);
      if (end != null) {
        end.cancel();
      }
    }
    notifyListener(instance);
    weigh();
  }

  @Override
  public boolean leaves(TrackedSubchannel instance) {
    if (closed) {
      return false;
    }
    shutDown(instance);
    silent.leaves(instance);
    return true;
  }

  @Override
  public void shutDown(TrackedSubchannel instance) {
    silent.closed(instance);
    changed(instance);
    instances.remove(instance);
    weigh();
  }

  @Override
  public void weigh() {
    long ready = ready();
    long doubted = doubted();
    avoiding = doubted > 0 && 2 * doubted <= ready;
    long left = count(each -> each.isDoubted() || each.silence().isQuiet());
    sparing = left > doubted && 2 * left <= ready;
  }

  private void notifyListener(TrackedSubchannel instance) {
    Set<Reason> reported = instances.get(instance);
    if (reported != null) {
      report(reported, SILENT, instance.silence().isSilent());
      report(reported, FAILING, instance.ejection().isEjected());
    }
  }

  private void report(Set<Reason> reported, Reason reason, boolean avoided) {
    if (avoided ? reported.add(reason) : reported.remove(reason)) {
      context().listener().changed(channel.getAuthority(), reason, avoided);
    }
  }

  private long doubted() {
    return count(TrackedSubchannel::isDoubted);
  }

  private long ready() {
    return count(TrackedSubchannel::isReady);
  }

  private long count(Predicate<TrackedSubchannel> wanted) {
    return instances.keySet().stream().filter(wanted).count();
  }

  private final class Wrapping extends ForwardingLoadBalancerHelper {

    @Override
    protected Helper delegate() {
      return channel;
    }

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
      CallRecorder recorder = context().recorder();
      TrackedSubchannel instance =
          new TrackedSubchannel(
              () -> channel.createSubchannel(args),
              args.getAddresses().get(0),
              new Ejection(settings().ejection(), recorder::nanoTime),
              usual,
              recorder,
              OutlierAvoidingLoadBalancer.this);
      instances.put(instance, EnumSet.noneOf(Reason.class));
      return instance;
    }

    @Override
    public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
      channel.updateBalancingState(
          state,
          new AvoidingPicker(
              picker, OutlierAvoidingLoadBalancer.this::unarySent, context().recorder()));
    }
  }
}
