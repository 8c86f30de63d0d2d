package dev.platform.order.platform;

import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.order.platform.PlatformView.Breaker;
import dev.platform.order.platform.PlatformView.Instance;
import dev.platform.order.platform.PlatformView.Lease;
import dev.platform.order.platform.PlatformView.Self;
import dev.platform.order.platform.PlatformView.Service;
import dev.platform.spring.endpoint.PlatformEndpoint;
import dev.platform.spring.endpoint.PlatformEndpoint.Platform;
import dev.platform.spring.endpoint.PlatformEndpoint.Registered;
import dev.platform.spring.endpoint.PlatformEndpoint.Watched;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Combines the data of {@code /actuator/platform}, the services that this process does not call
 * itself, and metrics. Never blocks: each view requests the services from etcd for the next view.
 */
final class PlatformOverview {

  /** So many of the services that this process does not call itself are watched for the page. */
  private static final int MAX_SERVICES = 100;

  private static final int MAX_INSTANCES = 200;

  private final String app;
  private final PlatformEndpoint endpoint;
  private final Optional<InstanceDirectory> directory;
  private final Optional<RegistryKeys> keys;
  private final Optional<CircuitBreakerRegistry> breakers;
  private final CallMeters meters;
  private final SecurityOverview security;
  private final Clock clock;

  PlatformOverview(
      String app,
      PlatformEndpoint endpoint,
      Optional<InstanceDirectory> directory,
      Optional<RegistryKeys> keys,
      Optional<CircuitBreakerRegistry> breakers,
      CallMeters meters,
      SecurityOverview security,
      Clock clock) {
    this.app = app;
    this.endpoint = endpoint;
    this.directory = directory;
    this.keys = keys;
    this.breakers = breakers;
    this.meters = meters;
    this.security = security;
    this.clock = clock;
  }

  PlatformView view() {
    watchAll();
    Platform platform = endpoint.platform();
    Registered own = platform.registration();
    String ownId = own == null ? null : own.instanceId();
    return new PlatformView(
        clock.millis(),
        self(platform, own),
        platform.services().stream()
            .map(watched -> service(watched, ownId))
            .sorted(Comparator.comparing(Service::name))
            .toList(),
        breakers(),
        meters.calls(),
        security.security());
  }

  /** A look-up makes the directory watch a service; it is unwatched when nobody looks any more. */
  private void watchAll() {
    keys.ifPresent(
        known -> {
          known.refresh();
          directory.ifPresent(
              watching -> known.services().stream().limit(MAX_SERVICES).forEach(watching::latest));
        });
  }

  private Self self(Platform platform, @Nullable Registered own) {
    return new Self(
        app,
        own == null ? null : own.instanceId(),
        platform.phase().name(),
        platform.etcd(),
        own == null ? null : own.status(),
        own == null ? null : lease(own),
        platform.openCalls());
  }

  private static Lease lease(Registered own) {
    return new Lease(
        own.lease().state().name(),
        own.lease().leaseId(),
        own.lease().since().toEpochMilli(),
        own.lease().acquisitions());
  }

  private Service service(Watched watched, @Nullable String ownId) {
    return new Service(
        watched.service(),
        watched.origin().name(),
        watched.following(),
        watched.ageSeconds(),
        watched.held(),
        watched.instances().stream()
            .limit(MAX_INSTANCES)
            .map(instance -> instance(watched.service(), instance, ownId))
            .toList());
  }

  private Instance instance(
      String service, PlatformEndpoint.Instance instance, @Nullable String ownId) {
    Map<String, String> metadata = instance.metadata();
    return new Instance(
        instance.address(),
        ownId != null && ownId.equals(metadata.get(InstanceMetadata.INSTANCE_ID)),
        metadata.get(InstanceMetadata.ZONE),
        metadata.get(InstanceMetadata.VERSION),
        metadata.get(InstanceMetadata.WEIGHT),
        metadata.get(InstanceMetadata.STARTED_AT),
        keys.map(known -> known.lease(service, instance.address())).orElse(null));
  }

  private List<Breaker> breakers() {
    return breakers.map(CircuitBreakerRegistry::getAllCircuitBreakers).stream()
        .flatMap(all -> all.stream())
        .map(PlatformOverview::breaker)
        .sorted(Comparator.comparing(Breaker::service))
        .toList();
  }

  private static Breaker breaker(CircuitBreaker breaker) {
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    return new Breaker(
        breaker.getName(),
        breaker.getState(),
        metrics.getFailureRate(),
        metrics.getNumberOfBufferedCalls(),
        metrics.getNumberOfNotPermittedCalls());
  }
}
