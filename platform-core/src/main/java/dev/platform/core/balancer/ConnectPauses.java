package dev.platform.core.balancer;

import io.grpc.LoadBalancer.Helper;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the pauses between two attempts to connect to a listed instance: gRPC's own grow to two
 * minutes, and the instance may be back long before. Confined to the channel's synchronization
 * context.
 */
final class ConnectPauses {

  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Helper channel;
  private final Map<TrackedSubchannel, ScheduledHandle> ends = new HashMap<>();

  ConnectPauses(Helper channel) {
    this.channel = channel;
  }

  /** Its state may have changed. */
  void changed(TrackedSubchannel instance) {
    if (instance.isPausing()) {
      ends.computeIfAbsent(instance, this::schedule);
    } else {
      ScheduledHandle end = ends.remove(instance);
      if (end != null) {
        end.cancel();
      }
    }
  }

  private ScheduledHandle schedule(TrackedSubchannel instance) {
    return channel
        .getSynchronizationContext()
        .schedule(
            () -> end(instance),
            LONGEST.toNanos(),
            TimeUnit.NANOSECONDS,
            channel.getScheduledExecutorService());
  }

  private void end(TrackedSubchannel instance) {
    ends.remove(instance);
    instance.connectAgain();
  }
}
