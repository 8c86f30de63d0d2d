package dev.platform.core.resolver;

import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.instance.SkippedInstances.Reason;
import dev.platform.core.outcome.NoInstanceException;
import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves a service's name to its instances, pushed by their source. A first call waits for a
 * first instance, with a bound. After the first success an outage of the registry is not reported
 * to the channel: the last list stays. State is kept in the channel's synchronization context.
 * Nothing is thrown into that context, which would end the channel: see {@link #guarded}.
 */
final class ServiceNameResolver extends NameResolver {

  private static final Logger log = LoggerFactory.getLogger(ServiceNameResolver.class);
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

  private final String scheme;
  private final String serviceId;
  private final Args args;
  private final ResolverContexts contexts;
  private final SynchronizationContext syncContext;
  private final ScheduledExecutorService timer;
  private final @Nullable ResolverContext ownContext;
  private final HostNames names;
  private final Runnable onContextsChanged;

  // in syncContext
  private @Nullable Listener2 listener;
  private @Nullable Binding bound;
  private SynchronizationContext.@Nullable ScheduledHandle firstWait;
  private List<Instance> latest = List.of();
  private @Nullable List<EquivalentAddressGroup> delivered;
  private boolean resolved;
  private boolean waited;
  private boolean broken;

  /** The context that resolves the name now, and what belongs to it. */
  private final class Binding {

    private final ResolverContext context;
    private final @Nullable InternalConfigSelector attempts;
    private final ConfigOrError serviceConfig;
    private final AddressGroups groups;
    private final SkippedInstances.Report unresolved;
    private Runnable unsubscribe = () -> {};

    Binding(ResolverContext context) {
      this.context = context;
      ServiceConfigParser parser = args.getServiceConfigParser();
      ChannelConfig config = ChannelConfig.of(args);
      this.attempts = context.retryAndHedging().selector(parser, config.methods());
      this.serviceConfig = parser.parseServiceConfig(config.with(context, attempts == null));
      this.groups = new AddressGroups(serviceId, names::addresses, context.skipped());
      this.unresolved = context.skipped().report(serviceId, Reason.UNRESOLVED);
    }

    void subscribe() {
      context
          .source(scheme)
          .ifPresent(
              source ->
                  unsubscribe =
                      source.subscribe(
                          serviceId,
                          instances ->
                              syncContext.execute(() -> guarded(() -> update(this, instances)))));
    }
  }

  ServiceNameResolver(
      String scheme,
      String serviceId,
      Args args,
      ResolverContexts contexts,
      HostNames.Lookup lookup,
      RandomGenerator random) {
    this.scheme = scheme;
    this.serviceId = serviceId;
    this.args = args;
    this.contexts = contexts;
    this.syncContext = args.getSynchronizationContext();
    this.timer = args.getScheduledExecutorService();
    this.ownContext = args.getArg(ResolverContext.KEY);
    Executor offload = args.getOffloadExecutor();
    this.names =
        new HostNames(
            lookup,
            offload == null ? timer : offload,
            syncContext,
            timer,
            random,
            () -> guarded(this::deliver));
    this.onContextsChanged = () -> syncContext.execute(() -> guarded(this::bind));
  }

  @Override
  public String getServiceAuthority() {
    return serviceId;
  }

  @Override
  public void start(Listener2 channel) {
    listener = channel;
    contexts.addListener(onContextsChanged);
    guarded(this::bind);
    Duration wait = bound == null ? DEFAULT_WAIT : bound.context.waitForFirstList();
    firstWait =
        syncContext.schedule(
            () -> guarded(this::firstWaitEnded), wait.toNanos(), TimeUnit.NANOSECONDS, timer);
  }

  /** A connection failed: names may resolve differently now, or nothing can be called. */
  @Override
  public void refresh() {
    names.refresh();
    if (delivered == null) {
      guarded(this::failWithoutAddress);
    }
  }

  @Override
  public void shutdown() {
    contexts.removeListener(onContextsChanged);
    listener = null;
    if (bound != null) {
      bound.unsubscribe.run();
      bound = null;
    }
    names.shutdown();
    if (firstWait != null) {
      firstWait.cancel();
    }
  }

  /**
   * Runs in the synchronization context: an exception there would make gRPC fail all calls of this
   * channel for ever. What others say is read without exceptions; this is for what nobody foresaw.
   */
  private void guarded(Runnable work) {
    try {
      work.run();
      broken = false;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      if (!broken) {
        log.error("{}: its instances can't be used; waiting for the next list", serviceId, e);
      }
      broken = true;
      if (!resolved && listener != null) {
        listener.onError(
            Status.UNAVAILABLE
                .withDescription("the instances of %s can't be used".formatted(serviceId))
                .withCause(e));
      }
    }
  }

  private void bind() {
    if (listener == null) {
      return;
    }
    ResolverContext next = choose();
    if (next == null || (bound != null && next == bound.context)) {
      return;
    }
    if (bound != null) {
      bound.unsubscribe.run();
    }
    bound = new Binding(next);
    bound.subscribe();
  }

  /** The channel's own context while it is open; else the latest; null keeps the known list. */
  private @Nullable ResolverContext choose() {
    if (ownContext != null) {
      return contexts.isAlive(ownContext) ? ownContext : null;
    }
    if (bound != null && contexts.isAlive(bound.context)) {
      return bound.context;
    }
    return contexts.latest().orElse(null);
  }

  private void update(Binding from, List<Instance> instances) {
    if (from != bound) {
      return;
    }
    if (instances.isEmpty() && resolved && from.context.isLeaving()) {
      return;
    }
    latest = instances;
    delivered = null;
    names.retain(AddressGroups.names(instances));
    deliver();
  }

  /** Also when names were looked up. */
  private void deliver() {
    if (listener == null || bound == null) {
      return;
    }
    List<EquivalentAddressGroup> addresses = bound.groups.of(latest, bound.context.addresses());
    Map<String, String> unresolved = new LinkedHashMap<>();
    for (String name : names.unresolved()) {
      unresolved.put(name, "the host name does not resolve; it is looked up again");
    }
    bound.unresolved.update(unresolved);
    if (addresses.isEmpty()) {
      delivered = null;
      failWithoutAddress();
    } else if (!addresses.equals(delivered)) {
      delivered = addresses;
      resolved = true;
      listener.onResult2(
          ResolutionResult.newBuilder()
              .setAddressesOrError(StatusOr.fromValue(addresses))
              .setServiceConfig(bound.serviceConfig)
              .setAttributes(attributes(bound))
              .build());
    }
  }

  private void firstWaitEnded() {
    waited = true;
    if (resolved) {
      return;
    }
    if (names.isLookingUp() && names.unresolved().isEmpty()) {
      fail("the host names of %s are still being looked up".formatted(serviceId));
    } else {
      failWithoutAddress();
    }
  }

  /** An outage alone is no reason: it leaves the list as it was. */
  private void failWithoutAddress() {
    if (!resolved && !waited) {
      return;
    }
    if (latest.isEmpty()) {
      fail(
          resolved
              ? "the last instance of %s has deregistered".formatted(serviceId)
              : "no instance of %s is known".formatted(serviceId));
      return;
    }
    whyNotCallable()
        .ifPresent(why -> fail("no instance of %s can be called: %s".formatted(serviceId, why)));
  }

  /** Empty while names are looked up for the first time. */
  private Optional<String> whyNotCallable() {
    var unresolved = names.unresolved();
    if (unresolved.isEmpty()) {
      return bound == null ? Optional.empty() : bound.groups.lastSkipped();
    }
    String others =
        unresolved.size() == 1 ? "" : " (and %d others)".formatted(unresolved.size() - 1);
    return Optional.of(
        "the host name %s%s does not resolve".formatted(unresolved.iterator().next(), others));
  }

  private void fail(String what) {
    if (listener != null) {
      String why =
          Optional.ofNullable(bound)
              .flatMap(known -> known.context.source(scheme))
              .map(InstanceSource::describe)
              .orElseGet(this::whyNoSource);
      listener.onError(
          Status.UNAVAILABLE
              .withDescription("%s; %s".formatted(what, why))
              .withCause(new NoInstanceException(what)));
    }
  }

  private String whyNoSource() {
    if (bound == null) {
      return "there is no open application context with the platform's discovery";
    }
    return scheme.equals(EtcdNameResolverProvider.SCHEME)
        ? "discovery in etcd is off (platform.discovery.enabled)"
        : "there is no DiscoveryClient";
  }

  private static Attributes attributes(Binding from) {
    Attributes.Builder attributes =
        Attributes.newBuilder().set(BalancerContext.KEY, from.context.balancer());
    if (from.attempts != null) {
      attributes.set(InternalConfigSelector.KEY, from.attempts);
    }
    return attributes.build();
  }
}
