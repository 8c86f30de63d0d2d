package dev.platform.core.resolver;

import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.balancer.OutlierDetection;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.TestRecorders;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.retry.HedgingSettings;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import dev.platform.core.retry.RetrySettings;
import io.grpc.ChannelLogger;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A resolver of the service {@code shop}, with its channel and its time in the test's hands. */
final class Resolution {

  static final Duration WAIT = Duration.ofSeconds(3);

  final ManualTimer timer = new ManualTimer();
  final List<Throwable> thrown = new ArrayList<>();
  final List<List<String>> delivered = new ArrayList<>();
  final List<Status> errors = new ArrayList<>();
  final List<String> lookUps = new ArrayList<>();
  final Map<String, List<String>> dns = new HashMap<>();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ServiceNameResolver resolver;
  private final List<Consumer<List<Instance>>> subscribers = new ArrayList<>();
  private RuntimeException channelsFailure;

  Resolution(Predicate<HostAndPort> local) {
    SynchronizationContext syncContext =
        new SynchronizationContext((thread, failure) -> thrown.add(failure));
    CallRecorder recorder = TestRecorders.of(OutcomeClassifier.standard(), System::nanoTime);
    SkippedInstances skipped = new SkippedInstances();
    skipped.bindTo(meters);
    ResolverContext context =
        new ResolverContext(
            new PushedSource(),
            null,
            "round_robin",
            new BalancerSettings(true, OutlierDetection.defaults()),
            new BalancerContext(recorder, (service, reason, avoided) -> {}),
            new RetryAndHedgingPolicy(RetrySettings.defaults(), HedgingSettings.none(), recorder),
            WAIT,
            AddressRule.unless(local),
            skipped);
    ResolverContexts contexts = new ResolverContexts();
    contexts.add(context);
    NameResolver.Args args =
        NameResolver.Args.newBuilder()
            .setDefaultPort(80)
            .setProxyDetector((ProxyDetector) target -> null)
            .setSynchronizationContext(syncContext)
            .setScheduledExecutorService(timer)
            .setServiceConfigParser(new AnyConfig())
            .setChannelLogger(new NoLog())
            .setOffloadExecutor(Runnable::run)
            .build();
    resolver = new ServiceNameResolver("etcd", "shop", args, contexts, this::lookUp, new Random(1));
    syncContext.execute(() -> resolver.start(new Channel()));
  }

  /** Every address is called. */
  static Resolution onOneMachine() {
    return new Resolution(listed -> true);
  }

  static Instance instance(String host, int port) {
    return new Instance("shop", new HostAndPort(host, port), Map.of());
  }

  void push(Instance... instances) {
    push(List.of(instances));
  }

  void push(List<Instance> instances) {
    subscribers.forEach(subscriber -> subscriber.accept(instances));
  }

  /** The channel throws it when it gets the next list. */
  void channelFails(RuntimeException failure) {
    channelsFailure = failure;
  }

  /** The addresses that the channel has now. */
  List<String> addresses() {
    return delivered.isEmpty() ? List.of() : delivered.get(delivered.size() - 1);
  }

  String lastError() {
    return errors.isEmpty() ? "" : errors.get(errors.size() - 1).getDescription();
  }

  double skipped(String reason) {
    var counter = meters.find("platform.discovery.skipped").tag("reason", reason).counter();
    return counter == null ? 0 : counter.count();
  }

  private InetAddress[] lookUp(String name) throws UnknownHostException {
    lookUps.add(name);
    List<String> addresses = dns.get(name);
    if (addresses == null) {
      throw new UnknownHostException(name);
    }
    List<InetAddress> all = new ArrayList<>();
    for (String address : addresses) {
      all.add(InetAddress.getByName(address));
    }
    return all.toArray(InetAddress[]::new);
  }

  private final class PushedSource implements InstanceSource {

    @Override
    public Runnable subscribe(String serviceId, Consumer<List<Instance>> subscriber) {
      subscribers.add(subscriber);
      return () -> subscribers.remove(subscriber);
    }

    @Override
    public String describe() {
      return "the registry answers";
    }
  }

  private final class Channel extends NameResolver.Listener2 {

    @Override
    public Status onResult2(NameResolver.ResolutionResult result) {
      if (channelsFailure != null) {
        RuntimeException failure = channelsFailure;
        channelsFailure = null;
        throw failure;
      }
      List<EquivalentAddressGroup> groups = result.getAddressesOrError().getValue();
      delivered.add(groups.stream().map(Resolution::text).toList());
      return Status.OK;
    }

    @Override
    public void onResult(NameResolver.ResolutionResult result) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void onError(Status error) {
      errors.add(error);
    }
  }

  private static String text(EquivalentAddressGroup group) {
    Stream<InetSocketAddress> sockets =
        group.getAddresses().stream().map(InetSocketAddress.class::cast);
    return String.join(
        "+",
        sockets
            .map(socket -> socket.getAddress().getHostAddress() + ":" + socket.getPort())
            .toList());
  }

  private static final class AnyConfig extends NameResolver.ServiceConfigParser {

    @Override
    public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> config) {
      return NameResolver.ConfigOrError.fromConfig(config);
    }
  }

  private static final class NoLog extends ChannelLogger {

    @Override
    public void log(ChannelLogLevel level, String message) {}

    @Override
    public void log(ChannelLogLevel level, String format, Object... arguments) {}
  }
}
