package dev.platform.core.resolver;

import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import io.grpc.NameResolver;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one application brings to the resolvers of the JVM, for as long as it lives. */
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
  private final BalancerContext balancer;
  private final RetryAndHedgingPolicy repeated;
  private final Duration waitForFirstList;

  /**
   * @param etcd the source behind {@code etcd:///}; null when discovery in etcd is off
   * @param discovery the source behind {@code discovery:///}; null without any discovery client
   * @param loadBalancing the policy that resolved services are balanced with
   * @param balancer what goes around that policy
   * @param repeated which calls are made more than once
   */
  public ResolverContext(
      @Nullable InstanceSource etcd,
      @Nullable InstanceSource discovery,
      String loadBalancing,
      BalancerContext balancer,
      RetryAndHedgingPolicy repeated,
      Duration waitForFirstList) {
    this.etcd = etcd;
    this.discovery = discovery;
    this.loadBalancing = loadBalancing;
    this.balancer = balancer;
    this.repeated = repeated;
    this.waitForFirstList = waitForFirstList;
  }

  Optional<InstanceSource> source(String scheme) {
    return Optional.ofNullable(scheme.equals(EtcdNameResolverProvider.SCHEME) ? etcd : discovery);
  }

  /** The policy that resolved services are balanced with. */
  String loadBalancing() {
    return loadBalancing;
  }

  /** Which instances calls keep away from, whatever the policy. */
  BalancerContext balancer() {
    return balancer;
  }

  /** Which calls are made more than once. */
  RetryAndHedgingPolicy repeated() {
    return repeated;
  }

  /** How long a first call waits for a first instance. */
  Duration waitForFirstList() {
    return waitForFirstList;
  }

  @Override
  public void close() {
    ResolverContexts.jvm().remove(this);
  }
}
