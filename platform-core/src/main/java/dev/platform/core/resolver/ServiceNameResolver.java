package dev.platform.core.resolver;

import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.instance.Instance;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a service's name to its instances, pushed by their source. A first call waits for a
 * first instance, with a bound. After the first success an outage of the registry is not reported
 * to the channel: the last list stays. State is kept in the channel's synchronization context.
 */
final class ServiceNameResolver extends NameResolver {

  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

  private final String scheme;
  private final String serviceId;
  private final Args args;
  private final ResolverContexts contexts;
  private final SynchronizationContext syncContext;
  private final @Nullable ResolverContext ownContext;
  private final AddressGroups groups = new AddressGroups();
  private final Runnable onContextsChanged;

  // in syncContext
  private @Nullable Listener2 listener;
  private @Nullable ResolverContext context;
  private @Nullable InternalConfigSelector attempts;
  private Runnable unsubscribe = () -> {};
  private SynchronizationContext.@Nullable ScheduledHandle firstWait;
  private List<Instance> latest = List.of();
  private boolean resolved;
  private boolean waited;
  private int subscription;

  ServiceNameResolver(String scheme, String serviceId, Args args, ResolverContexts contexts) {
    this.scheme = scheme;
    this.serviceId = serviceId;
    this.args = args;
    this.contexts = contexts;
    this.syncContext = args.getSynchronizationContext();
    this.ownContext = args.getArg(ResolverContext.KEY);
    this.onContextsChanged = () -> syncContext.execute(this::bind);
  }

  @Override
  public String getServiceAuthority() {
    return serviceId;
  }

  @Override
  public void start(Listener2 channel) {
    listener = channel;
    contexts.addListener(onContextsChanged);
    bind();
    ScheduledExecutorService timer = args.getScheduledExecutorService();
    Duration wait = context == null ? DEFAULT_WAIT : context.waitForFirstList();
    firstWait =
        syncContext.schedule(this::firstWaitEnded, wait.toNanos(), TimeUnit.NANOSECONDS, timer);
  }

  /** A connection failed: names may resolve differently now, or there is no instance left. */
  @Override
  public void refresh() {
    if (latest.isEmpty()) {
      failWithoutInstances();
    } else if (groups.forgetNames()) {
      lookUpThenDeliver(latest);
    }
  }

  @Override
  public void shutdown() {
    contexts.removeListener(onContextsChanged);
    listener = null;
    subscription++;
    unsubscribe.run();
    if (firstWait != null) {
      firstWait.cancel();
    }
  }

  private void bind() {
    if (listener == null) {
      return;
    }
    ResolverContext next = choose();
    if (next == null || next == context) {
      return;
    }
    context = next;
    attempts = next.retryAndHedging().selector(args.getServiceConfigParser());
    unsubscribe.run();
    unsubscribe = () -> {};
    int current = ++subscription;
    next.source(scheme)
        .ifPresent(
            source ->
                unsubscribe =
                    source.subscribe(
                        serviceId,
                        instances -> syncContext.execute(() -> update(current, instances))));
  }

  /** The channel's own context while it is open; else the latest; null keeps the known list. */
  private @Nullable ResolverContext choose() {
    if (ownContext != null) {
      return contexts.isAlive(ownContext) ? ownContext : null;
    }
    if (context != null && contexts.isAlive(context)) {
      return context;
    }
    return contexts.latest().orElse(null);
  }

  private void update(int from, List<Instance> instances) {
    if (from != subscription || listener == null || context == null) {
      return;
    }
    if (instances.isEmpty() && resolved && context.isLeaving()) {
      return;
    }
    latest = instances;
    if (!instances.isEmpty()) {
      lookUpThenDeliver(instances);
    } else {
      failWithoutInstances();
    }
  }

  /** An outage alone is no reason: it leaves the list as it was. */
  private void failWithoutInstances() {
    if (resolved) {
      fail("the last instance of %s has deregistered".formatted(serviceId));
    } else if (waited) {
      fail("no instance of %s is known".formatted(serviceId));
    }
  }

  private void lookUpThenDeliver(List<Instance> instances) {
    Set<String> names = groups.unknownNames(instances);
    Executor lookups = args.getOffloadExecutor();
    if (names.isEmpty() || lookups == null) {
      deliver(instances, Map.of());
      return;
    }
    lookups.execute(
        () -> {
          Map<String, InetAddress> found = AddressGroups.lookUp(names);
          syncContext.execute(() -> deliver(instances, found));
        });
  }

  private void deliver(List<Instance> instances, Map<String, InetAddress> lookedUp) {
    // A newer list may have come while names were looked up.
    if (listener == null || context == null || instances != latest) {
      return;
    }
    List<EquivalentAddressGroup> addresses = groups.of(instances, lookedUp);
    if (addresses.isEmpty()) {
      return;
    }
    resolved = true;
    listener.onResult2(
        ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(addresses))
            .setServiceConfig(serviceConfig(context))
            .setAttributes(attributes(context))
            .build());
  }

  private void firstWaitEnded() {
    waited = true;
    if (!resolved) {
      failWithoutInstances();
    }
  }

  private void fail(String what) {
    if (listener != null) {
      String why =
          Optional.ofNullable(context)
              .flatMap(known -> known.source(scheme))
              .map(InstanceSource::describe)
              .orElseGet(this::whyNoSource);
      listener.onError(Status.UNAVAILABLE.withDescription("%s; %s".formatted(what, why)));
    }
  }

  private String whyNoSource() {
    if (context == null) {
      return "there is no open application context with the platform's discovery";
    }
    return scheme.equals(EtcdNameResolverProvider.SCHEME)
        ? "discovery in etcd is off (platform.discovery.enabled)"
        : "there is no DiscoveryClient";
  }

  private Attributes attributes(ResolverContext from) {
    Attributes.Builder attributes =
        Attributes.newBuilder().set(BalancerContext.KEY, from.balancer());
    if (attempts != null) {
      attributes.set(InternalConfigSelector.KEY, attempts);
    }
    return attributes.build();
  }

  private ConfigOrError serviceConfig(ResolverContext from) {
    String own = args.getArg(ResolverContext.LOAD_BALANCING);
    String policy = own == null ? from.loadBalancing() : own;
    Map<String, Object> config = new HashMap<>(from.retryAndHedging().serviceConfig());
    config.put("loadBalancingConfig", List.of(from.balancerSettings().around(policy)));
    return args.getServiceConfigParser().parseServiceConfig(config);
  }
}
