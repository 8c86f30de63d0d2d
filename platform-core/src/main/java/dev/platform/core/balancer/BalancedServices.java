package dev.platform.core.balancer;

import dev.platform.core.balancer.BalancedInstance.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Shows the load balancers of one application, one for each channel, to people and to meters.
 * Meters are by called service, never by instance. Thread-safe, never blocks.
 */
public final class BalancedServices implements MeterBinder {

  private final Map<String, Channels> services = new ConcurrentHashMap<>();
  private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

  /** The channels to one service. */
  private static final class Channels {

    private final Set<OutlierAvoidingLoadBalancer> balancers = ConcurrentHashMap.newKeySet();
    private final LongAdder elsewhere = new LongAdder();

    Stream<BalancedInstance> instances() {
      return balancers.stream().flatMap(balancer -> balancer.snapshot().instances().stream());
    }
  }

  /** What is known at this moment, ordered by service. */
  public List<BalancedService> snapshot() {
    return services.values().stream()
        .flatMap(channels -> channels.balancers.stream())
        .map(OutlierAvoidingLoadBalancer::snapshot)
        .sorted(Comparator.comparing(BalancedService::service))
        .toList();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    registries.add(registry);
    services.forEach((service, channels) -> bind(registry, service, channels));
  }

  void add(String service, OutlierAvoidingLoadBalancer balancer) {
    channels(service).balancers.add(balancer);
  }

  void remove(String service, OutlierAvoidingLoadBalancer balancer) {
    channels(service).balancers.remove(balancer);
  }

  /** Counts the calls to a service that went to another zone. */
  LongAdder elsewhere(String service) {
    return channels(service).elsewhere;
  }

  private Channels channels(String service) {
    return services.computeIfAbsent(
        service,
        name -> {
          Channels channels = new Channels();
          registries.forEach(registry -> bind(registry, name, channels));
          return channels;
        });
  }

  private static void bind(MeterRegistry registry, String service, Channels channels) {
    for (State state : State.values()) {
      Gauge.builder("platform.balancer.instances", channels, known -> count(known, state))
          .description("Instances that are known to load balancers")
          .tag("service", service)
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    Gauge.builder("platform.balancer.in.flight", channels, BalancedServices::inFlight)
        .description("Calls in flight, open streams included")
        .tag("service", service)
        .register(registry);
    Gauge.builder("platform.balancer.slowness", channels, BalancedServices::slowest)
        .description("How much slower than usual the slowest called instance is")
        .tag("service", service)
        .register(registry);
    FunctionCounter.builder(
            "platform.balancer.other.zone", channels, known -> known.elsewhere.sum())
        .description("Calls that went to another zone although the own one has instances")
        .tag("service", service)
        .register(registry);
  }

  private static double count(Channels channels, State state) {
    return channels.instances().filter(instance -> instance.state() == state).count();
  }

  private static double inFlight(Channels channels) {
    return channels.instances().mapToInt(each -> each.calls() + each.streams()).sum();
  }

  private static double slowest(Channels channels) {
    return channels
        .instances()
        .filter(instance -> instance.state() == State.CALLED || instance.state() == State.EASED_IN)
        .mapToDouble(BalancedInstance::slowness)
        .max()
        .orElse(1);
  }
}
