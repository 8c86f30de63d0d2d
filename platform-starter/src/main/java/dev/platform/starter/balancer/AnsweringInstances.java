package dev.platform.starter.balancer;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.util.GracefulSwitchLoadBalancer;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps calls from instances that are connected and silent. gRPC's own pings find a frozen process
 * after ten seconds at the earliest; its lease ends when it ends. Until then a part of all calls
 * would wait for their deadline.
 *
 * <p>An instance from which nothing has come for a second after a unary call was sent is asked for
 * its health. Any answer will do, a refusal too; a slow call is no silence. Without one within a
 * second, calls go elsewhere, and it is asked on, until it answers. When more than half of all seem
 * silent, it is more likely this process that can't hear, and all are called.
 *
 * <p>Pickers are thread-safe; all else is in the channel's synchronization context.
 */
final class AnsweringInstances extends ForwardingLoadBalancer {

  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger log = LoggerFactory.getLogger(AnsweringInstances.class);
  private static final long LOOK_MILLIS = 500;

  /** Policies that choose at random, or for many threads at once, may name a silent one again. */
  private static final int MORE_PICKS = 10;

  private final Helper channel;
  private final SynchronizationContext syncContext;
  private final LongSupplier nanoTime;
  private final GracefulSwitchLoadBalancer policy;
  private final Set<Instance> instances = new LinkedHashSet<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private volatile boolean avoiding;

  AnsweringInstances(Helper channel, LongSupplier nanoTime) {
    this.channel = channel;
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
    for (Instance instance : instances) {
      if (instance.isDoubtful(now)) {
        instance.ask(answered -> syncContext.execute(() -> asked(instance, answered)));
      }
      more |= instance.isOfInterest();
    }
    if (more) {
      lookLater();
    } else {
      looking.set(false);
    }
  }

  private void asked(Instance instance, boolean answered) {
    if (instance.setSilent(!answered)) {
      if (answered) {
        log.info("{}: {} answers again", channel.getAuthority(), instance);
      } else {
        log.warn("{}: {} is silent, calls go elsewhere", channel.getAuthority(), instance);
      }
    }
    count();
  }

  private void count() {
    long ready = instances.stream().filter(Instance::isReady).count();
    long silent = instances.stream().filter(Instance::isSilent).count();
    avoiding = silent > 0 && 2 * silent <= ready;
  }

  private final class Wrapping extends ForwardingLoadBalancerHelper {

    @Override
    protected Helper delegate() {
      return channel;
    }

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
      Instance instance =
          new Instance(
              channel.createSubchannel(args),
              nanoTime,
              AnsweringInstances.this::count,
              instances::remove);
      instances.add(instance);
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
      for (int i = 0; i < MORE_PICKS && avoiding && isSilent(pick); i++) {
        pick = policysOwn.pickSubchannel(call);
      }
      if (!(pick.getSubchannel() instanceof Instance instance)) {
        return pick;
      }
      // A stream may well be silent for hours.
      boolean answersSoon = call.getMethodDescriptor().getType() == MethodType.UNARY;
      if (answersSoon && looking.compareAndSet(false, true)) {
        syncContext.execute(AnsweringInstances.this::lookLater);
      }
      return pick.copyWithSubchannel(instance.delegate())
          .copyWithStreamTracerFactory(
              new Listening(instance, answersSoon, pick.getStreamTracerFactory()));
    }

    private boolean isSilent(PickResult pick) {
      return pick.getSubchannel() instanceof Instance instance && instance.isSilent();
    }
  }
}
