package dev.platform.core.balancer;

import io.grpc.LoadBalancer.Helper;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the instances of one service that may be silent, see {@link OutlierAvoidingLoadBalancer},
 * for as long as there is a reason. {@link #unarySent} and {@link #patientCallSent} are
 * thread-safe. Everything else is confined to the channel's synchronization context.
 */
final class SilenceWatch {

  private static final Logger log = LoggerFactory.getLogger(SilenceWatch.class);
  private static final long CHECK_MILLIS = 100;
  private static final long WATCH_MILLIS = 1000;

  private final Helper channel;
  private final SynchronizationContext syncContext;
  private final Set<TrackedSubchannel> instances;
  private final LongSupplier nanoTime;
  private final Listener listener;
  private final Set<TrackedSubchannel> leaving = new LinkedHashSet<>();
  private final RepeatedWork checks;
  private final RepeatedWork watch;

  /** Is called in the synchronization context. */
  interface Listener {

    /** An instance was checked; it may be silent now, or no longer. */
    void changed(TrackedSubchannel instance);

    /** An instance was silent, and is no longer. */
    void answersAgain(TrackedSubchannel instance);

    /** Some may be quiet now, or no longer. */
    void weigh();
  }

  /**
   * @param instances those that the policy uses, at each moment
   */
  SilenceWatch(
      Helper channel, Set<TrackedSubchannel> instances, LongSupplier nanoTime, Listener listener) {
    this.channel = channel;
    this.syncContext = channel.getSynchronizationContext();
    this.instances = instances;
    this.nanoTime = nanoTime;
    this.listener = listener;
    this.checks =
        new RepeatedWork(
            channel, CHECK_MILLIS, this::check, () -> isAny(each -> each.silence().isOfInterest()));
    this.watch =
        new RepeatedWork(
            channel,
            WATCH_MILLIS,
            this::watch,
            () -> !leaving.isEmpty() || isAny(TrackedSubchannel::hasPatientCalls));
  }

  /** A unary call is sent. On any thread. */
  void unarySent() {
    checks.start();
  }

  /** A call is sent that may be silent for long. On any thread. */
  void patientCallSent() {
    watch.start();
  }

  /** The policy no longer uses it, but it has calls. */
  void leaves(TrackedSubchannel instance) {
    leaving.add(instance);
  }

  void closed(TrackedSubchannel instance) {
    leaving.remove(instance);
  }

  void stop() {
    checks.stop();
    watch.stop();
    List.copyOf(leaving).forEach(TrackedSubchannel::close);
  }

  /** Repeated while a unary call is unanswered or an instance is silent. */
  private void check() {
    long now = nanoTime.getAsLong();
    for (TrackedSubchannel instance : all()) {
      Silence silence = instance.silence();
      silence.update(now);
      if (silence.isLost(now)) {
        log.warn("{}: {} is silent, its connection is given up", channel.getAuthority(), instance);
        instance.giveUp();
      }
      if (silence.needsCheck()) {
        silence.check(
            instance.asChannel(),
            answered -> syncContext.execute(() -> checked(instance, answered)));
      }
    }
    listener.weigh();
  }

  private void checked(TrackedSubchannel instance, boolean answered) {
    if (instance.silence().checked(answered)) {
      if (answered) {
        log.info("{}: {} answers again", channel.getAuthority(), instance);
        listener.answersAgain(instance);
      } else {
        log.warn("{}: {} is silent and is avoided", channel.getAuthority(), instance);
      }
    }
    listener.changed(instance);
  }

  /** Repeated while there are calls that may be silent for long. */
  private void watch() {
    List.copyOf(leaving).stream()
        .filter(instance -> !instance.hasPatientCalls())
        .forEach(TrackedSubchannel::close);
    long now = nanoTime.getAsLong();
    if (isAny(instance -> instance.silence().isStale(now))) {
      checks.start();
    }
  }

  /** Also those that only have calls left. */
  private List<TrackedSubchannel> all() {
    List<TrackedSubchannel> all = new ArrayList<>(instances);
    all.addAll(leaving);
    return all;
  }

  private boolean isAny(Predicate<TrackedSubchannel> wanted) {
    return all().stream().anyMatch(wanted);
  }
}
