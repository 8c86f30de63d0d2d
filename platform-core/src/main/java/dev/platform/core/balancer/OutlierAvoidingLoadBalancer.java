package dev.platform.core.balancer;

import static dev.platform.core.balancer.AvoidanceListener.Reason.FAILING;
import static dev.platform.core.balancer.AvoidanceListener.Reason.SILENT;

import dev.platform.core.balancer.AvoidanceListener.Reason;
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
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps calls from instances that are connected and silent, and from those whose calls fail, as
 * long as these are no more than half of all.
 *
 * <p>gRPC's own pings find a frozen process after ten seconds at the earliest; its lease ends when
 * it ends. Until then a part of all calls would wait for their deadline, and their callers' threads
 * with them. So an instance from which nothing has come for a quarter of a second after a unary
 * call was sent is asked for its health, and others are preferred until something comes. Any answer
 * will do, a refusal too; a slow call is no silence. Without one within a second and a half it
 * counts as silent: that is told of, calls go elsewhere, and it is asked on, until it answers. When
 * more than half of all seem silent, it is more likely this process that can't hear, and all are
 * called.
 *
 * <p>An instance that answers, and fails, is out for a time ({@link OutlierDetection}). Were more
 * than half of all out then, it stays: it is the service that fails, which is the circuit breaker's
 * concern.
 *
 * <p>Pickers are thread-safe; all else is in the channel's synchronization context.
 */
final class OutlierAvoidingLoadBalancer extends ForwardingLoadBalancer
    implements TrackedSubchannel.Owner {

  static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private static final Logger log = LoggerFactory.getLogger(OutlierAvoidingLoadBalancer.class);
  private static final long LOOK_MILLIS = 100;

  /** Policies that choose at random, or for many threads at once, may name an avoided one again. */
  private static final int MORE_PICKS = 10;

  private final Helper channel;
  private final SynchronizationContext syncContext;
  private final LongSupplier nanoTime;
  private final GracefulSwitchLoadBalancer policy;
  private final Map<TrackedSubchannel, Set<Reason>> instances = new LinkedHashMap<>();
  private final Map<TrackedSubchannel, SynchronizationContext.ScheduledHandle> returns =
      new HashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private volatile BalancerContext context;
  private volatile boolean avoiding;
  private volatile boolean sparing;

  OutlierAvoidingLoadBalancer(Helper channel, BalancerContext context, LongSupplier nanoTime) {
    this.channel = channel;
    this.context = context;
    this.syncContext = channel.getSynchronizationContext();
    this.nanoTime = nanoTime;
    this.policy = new GracefulSwitchLoadBalancer(new Wrapping());
  }

  @Override
  protected LoadBalancer delegate() {
    return policy;
  }

  @Override
  public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
    BalancerContext next = addresses.getAttributes().get(BalancerContext.KEY);
    if (next != null && next != context) {
      context = next;
      instances.keySet().forEach(instance -> instance.ejection().configure(next.ejection()));
    }
    return policy.acceptResolvedAddresses(addresses);
  }

  @Override
  public void shutdown() {
    looking.set(true);
    if (timer != null) {
      timer.cancel();
    }
    super.shutdown();
  }

  /** As long as something is sent that was not answered yet. */
  private void lookLater() {
    timer =
        syncContext.schedule(
            this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS, channel.getScheduledExecutorService());
  }

  private void look() {
    long now = nanoTime.getAsLong();
    boolean more = false;
    for (TrackedSubchannel instance : instances.keySet()) {
      instance.listen(now);
      if (instance.isDoubtful()) {
        instance.ask(answered -> syncContext.execute(() -> asked(instance, answered)));
      }
      more |= instance.isOfInterest();
    }
    weigh();
    if (more) {
      lookLater();
    } else {
      looking.set(false);
    }
  }

  private void asked(TrackedSubchannel instance, boolean answered) {
    if (instance.setSilent(!answered)) {
      if (answered) {
        log.info("{}: {} answers again", channel.getAuthority(), instance);
      } else {
        log.warn("{}: {} is silent, calls go elsewhere", channel.getAuthority(), instance);
      }
    }
    changed(instance);
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
        "{}: calls to {} fail, they go elsewhere for {} s",
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
    log.info("{}: {} is called again", channel.getAuthority(), instance);
    changed(instance);
  }

  /** Also when it is gone, or connected anew: nothing is left to be ended then. */
  @Override
  public void changed(TrackedSubchannel instance) {
    if (!instance.ejection().isEjected()) {
      SynchronizationContext.ScheduledHandle end = returns.remove(instance);
      if (end != null) {
        end.cancel();
      }
    }
    tell(instance);
    weigh();
  }

  @Override
  public void shutDown(TrackedSubchannel instance) {
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

  private void tell(TrackedSubchannel instance) {
    Set<Reason> told = instances.get(instance);
    if (told != null) {
      tell(told, SILENT, instance.isSilent());
      tell(told, FAILING, instance.ejection().isEjected());
    }
  }

  private void tell(Set<Reason> told, Reason reason, boolean now) {
    if (now ? told.add(reason) : told.remove(reason)) {
      context.listener().changed(channel.getAuthority(), reason, now);
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
      TrackedSubchannel instance =
          new TrackedSubchannel(
              channel.createSubchannel(args),
              Peer.of(args.getAddresses().get(0)),
              new Ejection(context.ejection(), nanoTime),
              nanoTime,
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
      // A stream may well be silent for hours.
      boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
      boolean answersSoon = context.avoidSilent() && unary;
      if (answersSoon && looking.compareAndSet(false, true)) {
        syncContext.execute(OutlierAvoidingLoadBalancer.this::lookLater);
      }
      return pick.copyWithSubchannel(instance.delegate())
          .copyWithStreamTracerFactory(
              new InstanceTracerFactory(
                  instance, unary, answersSoon, context.outcomes(), pick.getStreamTracerFactory()));
    }

    private boolean isAvoided(PickResult pick) {
      return (avoiding || sparing)
          && pick.getSubchannel() instanceof TrackedSubchannel instance
          && (avoiding && instance.isAvoided() || sparing && instance.isQuiet());
    }
  }
}
