package dev.platform.starter.resolver;

import io.grpc.NameResolver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/** What one application context brings to the resolvers of the JVM, for as long as it lives. */
final class ResolverContext implements DisposableBean {

  /** Ties a channel to the context that makes it, where several live in one JVM. */
  static final NameResolver.Args.Key<ResolverContext> KEY =
      NameResolver.Args.Key.create("dev.platform.resolver-context");

  /** A channel's own load-balancing policy, where it has one. */
  static final NameResolver.Args.Key<String> LOAD_BALANCING =
      NameResolver.Args.Key.create("dev.platform.load-balancing");

  private final @Nullable InstanceSource etcd;
  private final @Nullable InstanceSource discovery;
  private final String loadBalancing;
  private final boolean avoidSilentInstances;
  private final Map<String, ?> callConfig;
  private final Duration waitForFirstList;

  /**
   * @param etcd the source behind {@code etcd:///}; null when discovery in etcd is off
   * @param discovery the source behind {@code discovery:///}; null without any discovery client
   * @param callConfig what a channel's service config says about calls: retries
   */
  ResolverContext(
      @Nullable InstanceSource etcd,
      @Nullable InstanceSource discovery,
      GrpcProperties grpc,
      Map<String, ?> callConfig,
      Duration waitForFirstList) {
    this.etcd = etcd;
    this.discovery = discovery;
    this.loadBalancing = grpc.loadBalancing();
    this.avoidSilentInstances = grpc.avoidSilentInstances();
    this.callConfig = callConfig;
    this.waitForFirstList = waitForFirstList;
  }

  Optional<InstanceSource> source(String scheme) {
    return Optional.ofNullable(scheme.equals(EtcdNameResolverProvider.SCHEME) ? etcd : discovery);
  }

  /** The policy that resolved services are balanced with. */
  String loadBalancing() {
    return loadBalancing;
  }

  /** Whether calls keep away from instances that answer nothing at all. */
  boolean avoidSilentInstances() {
    return avoidSilentInstances;
  }

  /** What a channel's service config says about calls. */
  Map<String, ?> callConfig() {
    return callConfig;
  }

  /** How long a first call waits for a first instance. */
  Duration waitForFirstList() {
    return waitForFirstList;
  }

  @Override
  public void destroy() {
    ResolverContexts.jvm().remove(this);
  }
}
