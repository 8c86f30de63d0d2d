package dev.platform.spring.endpoint;

import dev.platform.core.balancer.BalancedService;
import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.discovery.InstanceList;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.registry.LeaseSnapshot;
import dev.platform.core.start.WarmUpReport;
import dev.platform.core.start.WarmUps;
import dev.platform.spring.drain.Lifecycle;
import dev.platform.spring.mesh.MeshPart;
import dev.platform.spring.registry.EtcdRegistration;
import dev.platform.spring.registry.EtcdServiceRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The platform's current view, for people to read. Read-only; sends no requests. */
@Endpoint(id = "platform")
public final class PlatformEndpoint {

  private final Optional<EtcdConnection> connection;
  private final Optional<EtcdServiceRegistry> registry;
  private final Optional<EtcdRegistration> registration;
  private final Optional<InstanceDirectory> directory;
  private final Optional<BalancedServices> balancers;
  private final Optional<CircuitBreakerRegistry> breakers;
  private final Lifecycle lifecycle;
  private final Optional<WarmUps> warmUps;
  private final Optional<Mesh> mesh;
  private final Clock clock;

  PlatformEndpoint(
      Optional<EtcdConnection> connection,
      Optional<EtcdServiceRegistry> registry,
      Optional<EtcdRegistration> registration,
      Optional<InstanceDirectory> directory,
      Optional<BalancedServices> balancers,
      Optional<CircuitBreakerRegistry> breakers,
      Lifecycle lifecycle,
      Optional<WarmUps> warmUps,
      Optional<Mesh> mesh,
      Clock clock) {
    this.connection = connection;
    this.registry = registry;
    this.registration = registration;
    this.directory = directory;
    this.balancers = balancers;
    this.breakers = breakers;
    this.lifecycle = lifecycle;
    this.warmUps = warmUps;
    this.mesh = mesh;
    this.clock = clock;
  }

  /**
   * The whole answer.
   *
   * @param etcd whether etcd is available; null when neither registry nor discovery is on
   * @param registration what is registered; null when the registry is off
   * @param services each watched service
   * @param balancers what the load balancer of each channel knows of the instances
   * @param circuitBreakers each breaker's state
   * @param phase the process's phase
   * @param openCalls in-flight calls of its gRPC server, by method
   * @param warmUp what was done before it was ready; null if nothing was
   * @param mesh what a mesh does in the platform's place; null without one
   */
  public record Platform(
      @Nullable String etcd,
      @Nullable Registered registration,
      List<Watched> services,
      List<BalancedService> balancers,
      Map<String, CircuitBreaker.State> circuitBreakers,
      LifecyclePhase phase,
      Map<String, Integer> openCalls,
      @Nullable WarmedUp warmUp,
      @Nullable Mesh mesh) {}

  /**
   * A service mesh.
   *
   * @param port the port at which services are called by their names
   * @param off the parts of the platform that are off
   */
  public record Mesh(int port, List<MeshPart> off) {}

  /**
   * The warm-up.
   *
   * @param state RUNNING or ENDED
   * @param millis how long it has delayed readiness
   * @param parts in the order in which they ran
   */
  public record WarmedUp(WarmUpReport.State state, long millis, List<WarmedUpPart> parts) {}

  /** A part of the warm-up: the name of its bean, and how it ended. */
  public record WarmedUpPart(String name, WarmUpReport.Result result, long millis) {}

  /**
   * What this process has registered.
   *
   * @param status UP, OUT_OF_SERVICE or UNKNOWN
   * @param instanceId unique for each start of the process
   * @param services the names
   * @param lease the lease of its keys
   */
  public record Registered(
      String status, String instanceId, List<String> services, LeaseSnapshot lease) {}

  /**
   * The known instances of a service.
   *
   * @param service the name
   * @param origin where the list comes from
   * @param following whether it follows etcd at this moment
   * @param revision etcd's revision of the list
   * @param ageSeconds how long ago it last changed or was read from etcd
   * @param held how many instances are listed although etcd no longer has them
   * @param instances those that receive calls
   */
  public record Watched(
      String service,
      InstanceList.Origin origin,
      boolean following,
      long revision,
      long ageSeconds,
      int held,
      List<Instance> instances) {}

  /** One instance: its address and its metadata. */
  public record Instance(String address, Map<String, String> metadata) {}

  /** Everything. */
  @ReadOperation
  public Platform platform() {
    return new Platform(
        connection.map(known -> known.availability().describe()).orElse(null),
        registered(),
        directory.map(InstanceDirectory::watched).orElse(List.of()).stream()
            .map(this::watched)
            .toList(),
        balancers.map(BalancedServices::snapshot).orElse(List.of()),
        breakers(),
        lifecycle.phase(),
        lifecycle.openCalls(),
        warmUps.map(WarmUps::report).map(PlatformEndpoint::warmedUp).orElse(null),
        mesh.orElse(null));
  }

  private static @Nullable WarmedUp warmedUp(WarmUpReport report) {
    return report.state() == WarmUpReport.State.NONE
        ? null
        : new WarmedUp(
            report.state(),
            report.took().toMillis(),
            report.parts().stream()
                .map(p -> new WarmedUpPart(p.name(), p.result(), p.took().toMillis()))
                .toList());
  }

  private @Nullable Registered registered() {
    if (registry.isEmpty() || registration.isEmpty()) {
      return null;
    }
    EtcdRegistration own = registration.get();
    String status = registry.get().getStatus(own);
    return new Registered(status, own.getInstanceId(), own.getServiceIds(), registry.get().lease());
  }

  private Watched watched(InstanceList list) {
    boolean following = directory.map(d -> d.isFollowing(list.serviceId())).orElse(false);
    return new Watched(
        list.serviceId(),
        list.origin(),
        following,
        list.revision(),
        Duration.between(list.updatedAt(), clock.instant()).toSeconds(),
        list.held(),
        list.instances().stream().map(PlatformEndpoint::instance).toList());
  }

  private static Instance instance(dev.platform.core.instance.Instance instance) {
    return new Instance(instance.address().toString(), new TreeMap<>(instance.metadata()));
  }

  private Map<String, CircuitBreaker.State> breakers() {
    Map<String, CircuitBreaker.State> states = new TreeMap<>();
    breakers.ifPresent(
        known -> known.getAllCircuitBreakers().forEach(b -> states.put(b.getName(), b.getState())));
    return states;
  }
}
