package dev.platform.core.resolver;

import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One application's part in the resolvers of the JVM, for as long as it lives. */
public final class ResolverContext implements AutoCloseable {

  /** Ties a channel to the context that makes it, where several live in one JVM. */
  public static final NameResolver.Args.Key<ResolverContext> KEY =
      NameResolver.Args.Key.create("dev.platform.resolver-context");

  /** A channel's own load-balancing policy, where it has one. */
  public static final NameResolver.Args.Key<String> LOAD_BALANCING =
      NameResolver.Args.Key.create("dev.platform.load-balancing");

  private final @Nullable InstanceSource etcd;
  private final @Nullable InstanceSource discovery;
  private final String loadBalancing;
  private final BalancerSettings balancerSettings;
  private final BalancerContext balancer;
  private final RetryAndHedgingPolicy retryAndHedging;
  private final Duration waitForFirstList;
  private final AddressRule addresses;
  private final SkippedInstances skipped;
  private volatile boolean leaving;

  /**
   * @param etcd the source behind {@code etcd:///}; null when discovery in etcd is off
   * @param discovery the source behind {@code discovery:///}; null without any discovery client
   * @param loadBalancing the policy that resolved services are balanced with
   * @param balancerSettings the settings of the balancer around that policy
   * @param balancer what the balancers of this application share
   * @param retryAndHedging the retry and hedging policy
   * @param waitForFirstList how long a channel's first call waits for a first instance
   * @param addresses which addresses are called
   * @param skipped reports instances that are listed and not called
   */
  public ResolverContext(
      @Nullable InstanceSource etcd,
      @Nullable InstanceSource discovery,
      String loadBalancing,
      BalancerSettings balancerSettings,
      BalancerContext balancer,
      RetryAndHedgingPolicy retryAndHedging,
      Duration waitForFirstList,
      AddressRule addresses,
      SkippedInstances skipped) {
    this.etcd = etcd;
    this.discovery = discovery;
    this.loadBalancing = loadBalancing;
    this.balancerSettings = balancerSettings;
    this.balancer = balancer;
    this.retryAndHedging = retryAndHedging;
    this.waitForFirstList = waitForFirstList;
    this.addresses = addresses;
    this.skipped = skipped;
  }

  /**
   * Makes this context resolve the names of a channel. What the builder has as default service
   * config and load-balancing policy, now or later, is merged into what the resolver returns.
   */
  public void resolve(ManagedChannelBuilder<?> builder) {
    builder.setNameResolverArg(KEY, this);
    builder.setNameResolverArg(BuilderSettings.KEY, new BuilderSettings(builder));
  }

  Optional<InstanceSource> source(String scheme) {
    return Optional.ofNullable(scheme.equals(EtcdNameResolverProvider.SCHEME) ? etcd : discovery);
  }

  /** The policy that resolved services are balanced with. */
  String loadBalancing() {
    return loadBalancing;
  }

  /** The settings of the balancer around the policy. */
  BalancerSettings balancerSettings() {
    return balancerSettings;
  }

  /** What the balancers of this application share. */
  BalancerContext balancer() {
    return balancer;
  }

  /** The retry and hedging policy. */
  RetryAndHedgingPolicy retryAndHedging() {
    return retryAndHedging;
  }

  /** How long a first call waits for a first instance. */
  Duration waitForFirstList() {
    return waitForFirstList;
  }

  /** Which addresses are called. */
  AddressRule addresses() {
    return addresses;
  }

  /** Reports instances that are listed and not called. */
  SkippedInstances skipped() {
    return skipped;
  }

  /**
   * This application is leaving. From now on a service whose last instance deregisters keeps its
   * last list: this application may be that instance, which deregisters first and then serves its
   * calls in flight, those to itself included.
   */
  public void leaving() {
    leaving = true;
  }

  boolean isLeaving() {
    return leaving;
  }

  @Override
  public void close() {
    ResolverContexts.jvm().remove(this);
  }
}
