package dev.platform.core.discovery;

import dev.platform.core.discovery.InstanceList.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Gauges of each watched service; one set of series per service, while it is watched. */
public final class DiscoveryMetrics implements MeterBinder {

  private final InstanceDirectory directory;
  private final Clock clock;

  public DiscoveryMetrics(InstanceDirectory directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    Map<String, List<Meter>> bound = new ConcurrentHashMap<>();
    directory.addListener(
        new WatchedServices.Listener() {
          @Override
          public void watched(String serviceId) {
            bound.computeIfAbsent(serviceId, id -> bind(meters, id));
          }

          @Override
          public void unwatched(String serviceId) {
            List<Meter> gone = bound.remove(serviceId);
            if (gone != null) {
              gone.forEach(meters::remove);
            }
          }
        });
  }

  private List<Meter> bind(MeterRegistry meters, String serviceId) {
    List<Meter> bound = new ArrayList<>();
    bound.add(
        gauge(
                "platform.discovery.instances",
                serviceId,
                "Instances of a watched service that receive calls, held ones included",
                list -> list.instances().size())
            .register(meters));
    bound.add(
        gauge(
                "platform.discovery.held",
                serviceId,
                "Instances that are listed although etcd no longer has them",
                InstanceList::held)
            .register(meters));
    bound.add(
        gauge(
                "platform.discovery.revision",
                serviceId,
                "etcd's revision of the list",
                InstanceList::revision)
            .register(meters));
    bound.add(
        gauge(
                "platform.discovery.age",
                serviceId,
                "How long ago the list last changed or was read as a whole",
                this::age)
            .baseUnit("seconds")
            .register(meters));
    bound.add(
        gauge(
                "platform.discovery.following",
                serviceId,
                "1 while the list follows etcd",
                list -> directory.isFollowing(serviceId) ? 1 : 0)
            .register(meters));
    for (Origin origin : Origin.values()) {
      bound.add(
          gauge(
                  "platform.discovery.origin",
                  serviceId,
                  "1 for the origin of the list",
                  list -> list.origin() == origin ? 1 : 0)
              .tag("origin", origin.name())
              .register(meters));
    }
    return bound;
  }

  private Gauge.Builder<InstanceDirectory> gauge(
      String name, String serviceId, String description, ToDoubleFunction<InstanceList> value) {
    return Gauge.builder(
            name,
            directory,
            d -> d.peek(serviceId).map(list -> value.applyAsDouble(list)).orElse(Double.NaN))
        .tag("service", serviceId)
        .description(description);
  }

  private double age(InstanceList list) {
    return Duration.between(list.updatedAt(), clock.instant()).toMillis() / 1000.0;
  }
}
