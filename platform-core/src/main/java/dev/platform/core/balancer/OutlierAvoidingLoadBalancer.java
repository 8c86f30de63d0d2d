package dev.platform.core.balancer;

import static dev.platform.core.balancer.AvoidanceListener.Reason.FAILING;
import static dev.platform.core.balancer.AvoidanceListener.Reason.SILENT;

import dev.platform.core.balancer.AvoidanceListener.Reason;
import dev.platform.core.call.AttemptRecord;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.call.Peer;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.util.GracefulSwitchLoadBalancer;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * <p>Pickers are thread-safe. Everything else is confined to the channel's synchronization context.
 */
final class OutlierAvoidingLoadBalancer extends ForwardingLoadBalancer
    implements TrackedSubchannel.Owner {

  static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  static final Duration PATIENCE = Duration.ofMillis(1500);
  static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(10);
  static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(13);

  private static final Logger log = LoggerFactory.getLogger(OutlierAvoidingLoadBalancer.class);
  private static final long CHECK_MILLIS = 100;
  private static final long WATCH_MILLIS = 1000;

  /** A policy that picks at random, or for many threads, may pick an avoided instance again. */
  private static final int MORE_PICKS = 10;

  private final Helper channel;
  private final SynchronizationContext syncContext;
  private final GracefulSwitchLoadBalancer policy;
  private final Map<TrackedSubchannel, Set<Reason>> instances = new LinkedHashMap<>();
  private final Map<TrackedSubchannel, SynchronizationContext.ScheduledHandle> returns =
      new HashMap<>();
  private final Set<TrackedSubchannel> leaving = new LinkedHashSet<>();
  private final RepeatedWork checks;
  private final RepeatedWork watch;
  private final AtomicBoolean pingsReported = new AtomicBoolean();
  private boolean closed;
  private volatile boolean avoiding;
  private volatile boolean sparing;

  // set before the child policy is called
  private volatile @Nullable BalancerContext context;
  private volatile @Nullable BalancerSettings settings;

  OutlierAvoidingLoadBalancer(Helper channel) {
    this.channel = channel;
    this.syncContext = channel.getSynchronizationContext();
    this.policy = new GracefulSwitchLoadBalancer(new Wrapping());
    this.checks =
        new RepeatedWork(
            channel, CHECK_MILLIS, this::check, () -> isAny(TrackedSubchannel::isOfInterest));
    this.watch =
        new RepeatedWork(
            channel,
            WATCH_MILLIS,
            this::watch,
            () -> !leaving.isEmpty() || isAny(TrackedSubchannel::hasPatientCalls));
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
    context = nextContext;
    settings = next.settings();
    OutlierDetection ejection = next.settings().ejection();
    instances.keySet().forEach(instance -> instance.ejection().configure(ejection));
    return policy.acceptResolvedAddresses(
        addresses.toBuilder().setLoadBalancingPolicyConfig(next.child()).build());
  }

  private BalancerContext context() {
    return Objects.requireNonNull(context, "addresses come before subchannels and picks");
  }

  private BalancerSettings settings() {
    return Objects.requireNonNull(settings, "addresses come before subchannels and picks");
  }

  @Override
  public void shutdown() {
    checks.stop();
    watch.stop();
    closed = true;
    List.copyOf(leaving).forEach(TrackedSubchannel::close);
    super.shutdown();
  }

  /** Repeated while a unary call is unanswered or an instance is silent. */
  private void check() {
    long now = context().recorder().nanoTime();
    for (TrackedSubchannel instance : all()) {
      instance.updateQuiet(now);
      if (instance.isLost(now)) {
        log.warn("{}: {} is silent, its connection is given up", channel.getAuthority(), instance);
        instance.giveUp();
      }
      if (instance.needsCheck()) {
        instance.check(answered -> syncContext.execute(() -> checked(instance, answered)));
      }
    }
    weigh();
  }

  @Override
  public void patientCallSent() {
    watch.start();
  }

  /** Repeated while there are calls that may be silent for long. */
  private void watch() {
    List.copyOf(leaving).stream()
        .filter(instance -> !instance.hasPatientCalls())
        .forEach(TrackedSubchannel::close);
    long now = context().recorder().nanoTime();
    if (isAny(instance -> instance.isStale(now))) {
      checks.start();
    }
  }

  private void checked(TrackedSubchannel instance, boolean answered) {
    if (instance.setSilent(!answered)) {
      if (answered) {
        log.info("{}: {} answers again", channel.getAuthority(), instance);
      } else {
        log.warn("{}: {} is silent and is avoided", channel.getAuthority(), instance);
      }
    }
    changed(instance);
  }

  @Override
  public boolean avoidsSilent() {
    return settings().avoidSilent();
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
    log.info("{}: {} is readmitted", channel.getAuthority(), instance);
    changed(instance);
  }

  /** Also called when it is shut down or reconnected: its ejection has ended then. */
  @Override
  public void changed(TrackedSubchannel instance) {
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
    leaving.add(instance);
    return true;
  }

  @Override
  public void shutDown(TrackedSubchannel instance) {
    leaving.remove(instance);
    changed(instance);
    instances.remove(instance);
    weigh();
  }

  private void weigh() {
    long ready = ready();
    long doubted = doubted();
    avoiding = doubted > 0 && 2 * doubted <= ready;
    long left = count(each -> each.isDoubted() || each.isQuiet());
    sparing = left > doubted && 2 * left <= ready;
  }

  private void notifyListener(TrackedSubchannel instance) {
    Set<Reason> reported = instances.get(instance);
    if (reported != null) {
      report(reported, SILENT, instance.isSilent());
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

  /** Also those that only have calls left. */
  private List<TrackedSubchannel> all() {
    List<TrackedSubchannel> all = new ArrayList<>(instances.keySet());
    all.addAll(leaving);
    return all;
  }

  private boolean isAny(Predicate<TrackedSubchannel> wanted) {
    return all().stream().anyMatch(wanted);
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
              Peer.of(args.getAddresses().get(0)),
              new Ejection(settings().ejection(), recorder::nanoTime),
              recorder,
              OutlierAvoidingLoadBalancer.this);
      instances.put(instance, EnumSet.noneOf(Reason.class));
      return instance;
    }

    @Override
    public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
      channel.updateBalancingState(state, new Picker(picker));
    }
  }

  private final class Picker extends SubchannelPicker {

    private final SubchannelPicker policysOwn;

    Picker(SubchannelPicker policysOwn) {
      this.policysOwn = policysOwn;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs call) {
      PickResult pick = policysOwn.pickSubchannel(call);
      for (int i = 0; i < MORE_PICKS && isAvoided(pick); i++) {
        pick = policysOwn.pickSubchannel(call);
      }
      if (!(pick.getSubchannel() instanceof TrackedSubchannel instance)) {
        return pick;
      }
      boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
      if (unary && avoidsSilent()) {
        checks.start();
      }
      PickResult picked = pick.copyWithSubchannel(instance.delegate());
      ClientCallRecord known = ClientCallRecord.find(call.getCallOptions());
      AttemptRecord attempt = known == null ? null : known.attempt(call.getHeaders());
      if (attempt != null) {
        attempt.picked(instance);
        return picked;
      }
      if (pick.getStreamTracerFactory() != null) {
        // A stream has one tracer from its pick, and the child policy needs it.
        return picked;
      }
      ClientCallRecord alone = context().recorder().attemptOf(call);
      alone.listen(instance);
      return picked.copyWithStreamTracerFactory(alone);
    }

    private boolean isAvoided(PickResult pick) {
      return (avoiding || sparing)
          && pick.getSubchannel() instanceof TrackedSubchannel instance
          && (avoiding && instance.isAvoided() || sparing && instance.isQuiet());
    }
  }
}
