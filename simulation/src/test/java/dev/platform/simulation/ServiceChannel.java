package dev.platform.simulation;

import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.resolver.EtcdNameResolverProvider;
import dev.platform.core.resolver.ResolverContext;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A caller's channel to the service, as grpc-java's, around the platform's resolver and policies:
 * they decide whom each call goes to.
 */
final class ServiceChannel extends Channel {

  static final GetRecommendationsResponse ANSWER = GetRecommendationsResponse.getDefaultInstance();

  private final Machine machine;
  private final Observer observer;
  private final Function<SocketAddress, @Nullable Callee> callees;
  private final SynchronizationContext syncContext;
  private final SimulatedThread timer;
  private final NameResolver resolver;
  private final Helper helper = new Helper();
  private final List<ServiceCall<?, ?>> waiting = new ArrayList<>();
  private LoadBalancer.@Nullable SubchannelPicker picker;
  private @Nullable LoadBalancer policy;
  private boolean closed;

  /** Sees what the checker judges. */
  interface Observer {

    /** The resolver has passed on a list. */
    void resolved(List<EquivalentAddressGroup> addresses);

    void notResolved(Status error);

    void sent(Callee callee);

    /** A call that was sent has ended, and its connection is not lost. */
    void ended(Callee callee, Status status);

    /** A call that was sent fails, since its server has closed the connection. */
    void lost(Callee callee);

    /** The policy has failed a call. */
    void notSent(Status status);
  }

  ServiceChannel(
      Machine machine,
      ResolverContext context,
      Observer observer,
      Function<SocketAddress, @Nullable Callee> callees) {
    this.machine = machine;
    this.observer = observer;
    this.callees = callees;
    this.timer = new SimulatedThread(machine, "grpc-timer");
    this.syncContext =
        new SynchronizationContext((thread, failure) -> machine.history().thrown(machine, failure));
    NameResolver.Args args =
        NameResolver.Args.newBuilder()
            .setDefaultPort(80)
            .setProxyDetector((ProxyDetector) target -> null)
            .setSynchronizationContext(syncContext)
            .setScheduledExecutorService(timer)
            .setServiceConfigParser(new Configs())
            .setChannelLogger(new NoLog())
            .setOffloadExecutor(timer)
            .setArg(ResolverContext.KEY, context)
            .build();
    this.resolver =
        new EtcdNameResolverProvider()
            .newNameResolver(URI.create("etcd:///" + InstanceProcess.SERVICE), args);
    run(() -> resolver.start(new Resolved()));
  }

  private static LoadBalancerProvider provider(String name) {
    LoadBalancerProvider found = LoadBalancerRegistry.getDefaultRegistry().getProvider(name);
    if (found == null) {
      throw new IllegalStateException("no policy " + name);
    }
    return found;
  }

  Machine machine() {
    return machine;
  }

  Observer observer() {
    return observer;
  }

  @Nullable Callee calleeAt(SocketAddress address) {
    return callees.apply(address);
  }

  void run(Runnable work) {
    syncContext.execute(work);
  }

  void pick(ServiceCall<?, ?> call) {
    LoadBalancer.SubchannelPicker known = picker;
    if (known == null || !call.pick(known)) {
      waiting.add(call);
    }
  }

  void close() {
    closed = true;
    run(
        () -> {
          resolver.shutdown();
          if (policy != null) {
            policy.shutdown();
          }
        });
    timer.shutdownNow();
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return new ServiceCall<>(this, method, options, null);
  }

  @Override
  public String authority() {
    return InstanceProcess.SERVICE;
  }

  private final class Resolved extends NameResolver.Listener2 {

    @Override
    public Status onResult2(NameResolver.ResolutionResult result) {
      if (closed) {
        return Status.OK;
      }
      List<EquivalentAddressGroup> addresses = result.getAddressesOrError().getValue();
      observer.resolved(addresses);
      ConfigOrError config = result.getServiceConfig();
      return policy()
          .acceptResolvedAddresses(
              LoadBalancer.ResolvedAddresses.newBuilder()
                  .setAddresses(addresses)
                  .setAttributes(
                      Attributes.newBuilder()
                          .set(BalancerContext.KEY, result.getAttributes().get(BalancerContext.KEY))
                          .build())
                  .setLoadBalancingPolicyConfig(config == null ? null : config.getConfig())
                  .build());
    }

    @Override
    public void onResult(NameResolver.ResolutionResult result) {
      onResult2(result);
    }

    /** Before the first addresses gRPC itself fails the calls: there is no policy yet. */
    @Override
    public void onError(Status error) {
      observer.notResolved(error);
      if (policy == null) {
        helper.updateBalancingState(
            ConnectivityState.TRANSIENT_FAILURE,
            new LoadBalancer.FixedResultPicker(LoadBalancer.PickResult.withError(error)));
      } else {
        policy.handleNameResolutionError(error);
      }
    }

    private LoadBalancer policy() {
      LoadBalancer known = policy;
      if (known == null) {
        known = provider("platform_usable_instances").newLoadBalancer(helper);
        policy = known;
      }
      return known;
    }
  }

  private static final class Configs extends NameResolver.ServiceConfigParser {

    @Override
    @SuppressWarnings("unchecked") // JSON
    public ConfigOrError parseServiceConfig(Map<String, ?> config) {
      List<Map<String, ?>> policies = (List<Map<String, ?>>) config.get("loadBalancingConfig");
      Map.Entry<String, ?> first = policies.get(0).entrySet().iterator().next();
      return provider(first.getKey())
          .parseLoadBalancingPolicyConfig((Map<String, ?>) first.getValue());
    }
  }

  private final class Helper extends LoadBalancer.Helper {

    @Override
    public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
      return new ServiceSubchannel(ServiceChannel.this, args.getAddresses());
    }

    @Override
    public void updateBalancingState(ConnectivityState state, LoadBalancer.SubchannelPicker next) {
      picker = next;
      List<ServiceCall<?, ?>> calls = List.copyOf(waiting);
      waiting.clear();
      calls.forEach(ServiceChannel.this::pick);
    }

    @Override
    public void refreshNameResolution() {
      run(resolver::refresh);
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
      return syncContext;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
      return timer;
    }

    @Override
    public String getAuthority() {
      return authority();
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
      throw new UnsupportedOperationException();
    }
  }

  static String text(SocketAddress address) {
    InetSocketAddress socket = (InetSocketAddress) address;
    return socket.getAddress().getHostAddress() + ":" + socket.getPort();
  }

  private static final class NoLog extends ChannelLogger {

    @Override
    public void log(ChannelLogLevel level, String message) {}

    @Override
    public void log(ChannelLogLevel level, String format, Object... arguments) {}
  }
}
