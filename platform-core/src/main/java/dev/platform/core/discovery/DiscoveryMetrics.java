package dev.platform.core.discovery;

import dev.platform.core.discovery.InstanceList.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** Gauges of each watched service; one set of series per service that was looked up. */
public final class DiscoveryMetrics implements MeterBinder {

  private final InstanceDirectory directory;
  private final Clock clock;

  public DiscoveryMetrics(InstanceDirectory directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    directory.onWatched(serviceId -> bind(meters, serviceId));
  }

  private void bind(MeterRegistry meters, String serviceId) {
    gauge(
        meters,
        serviceId,
        "platform.discovery.instances",
        "Instances of a watched service that receive calls, held ones included",
        list -> list.instances().size());
    gauge(
        meters,
        serviceId,
        "platform.discovery.held",
        "Instances that are listed although etcd no longer has them",
        InstanceList::held);
    gauge(
        meters,
        serviceId,
        "platform.discovery.revision",
        "etcd's revision of the list",
        InstanceList::revision);
    Gauge.builder("platform.discovery.age", directory, d -> age(d.latest(serviceId)))
        .tag("service", serviceId)
        .baseUnit("seconds")
        .description("How long ago the list last changed or was read as a whole")
        .register(meters);
    Gauge.builder("platform.discovery.following", directory, d -> d.isFollowing(serviceId) ? 1 : 0)
        .tag("service", serviceId)
        .description("1 while the list follows etcd")
        .register(meters);
    for (Origin origin : Origin.values()) {
      Gauge.builder(
              "platform.discovery.origin",
              directory,
              d -> d.latest(serviceId).origin() == origin ? 1 : 0)
          .tag("service", serviceId)
          .tag("origin", origin.name())
          .description("1 for the origin of the list")
          .register(meters);
    }
  }

  private void gauge(
      MeterRegistry meters,
      String serviceId,
      String name,
      String description,
      ToDoubleFunction<InstanceList> value) {
    Gauge.builder(name, directory, d -> value.applyAsDouble(d.latest(serviceId)))
        .tag("service", serviceId)
        .description(description)
        .register(meters);
  }

  private double age(InstanceList list) {
    return Duration.between(list.updatedAt(), clock.instant()).toMillis() / 1000.0;
  }
}
