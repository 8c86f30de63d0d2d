package dev.platform.core.balancer;

import dev.platform.contracts.notification.v1.NotificationServiceGrpc;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceAttributes;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.resolver.ManualTimer;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Deadline;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The real policies, with a simulated channel around them: connections, calls, their servers and
 * the time are the test's. The same each time that it runs.
 */
final class SimulatedFleet {

  static final MethodDescriptor<?, ?> METHOD =
      RecommendationServiceGrpc.getGetRecommendationsMethod();
  private static final MethodDescriptor<?, ?> OTHER_METHOD =
      NotificationServiceGrpc.getNotifyMethod();

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final Attributes CONNECTION = Attributes.newBuilder().build();
  private static final Status DOWN = Status.UNAVAILABLE.withDescription("connection refused");

  final Random random = new Random(7);
  final BalancedServices services = new BalancedServices();
  private final ManualTimer timer = new ManualTimer();
  private final SynchronizationContext syncContext =
      new SynchronizationContext(
          (thread, failure) -> {
            throw new AssertionError(failure);
          });
  private final CallRecorder recorder =
      new CallRecorder(
          OutcomeClassifier.standard(), new MovedClock(), timer::now, Deadline.getSystemTicker());
  private final Map<SocketAddress, Server> servers = new HashMap<>();
  private final LoadBalancer balancer;
  private final BalancerSettings settings;
  private final String policy;
  private final String zone;
  private ConnectivityState state = ConnectivityState.IDLE;
  private SubchannelPicker picker;

  SimulatedFleet(String policy, BalancerSettings settings, String zone) {
    this.policy = policy;
    this.settings = settings;
    this.zone = zone;
    this.balancer = new OutlierAvoidingLoadBalancerProvider().newLoadBalancer(new Channel());
  }

  /** The default policy, without ejection and silence, and with its default slow start. */
  static SimulatedFleet peakEwma() {
    return new SimulatedFleet(
        PeakEwmaLoadBalancerProvider.POLICY, settings(false, BalancerSettings.SLOW_START), "");
  }

  static BalancerSettings settings(boolean ejection, Duration slowStart) {
    return new BalancerSettings(
        false,
        new OutlierDetection(
            ejection,
            5,
            50,
            10,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1)),
        slowStart);
  }

  /** A server that answers after a time, whatever else it does. */
  final class Server {

    private final int port = servers.size() + 1;
    private final Map<String, String> metadata = new HashMap<>();
    private final List<Connection> connections = new ArrayList<>();
    private LongSupplier latency;
    private boolean accepts = true;
    Status answer = Status.OK;
    int calls;

    private Server(LongSupplier latency) {
      this.latency = latency;
      servers.put(address(), this);
    }

    Server with(String key, String value) {
      metadata.put(key, value);
      return this;
    }

    void answersIn(double millis) {
      latency = () -> nanos(millis);
    }

    /** Closes its connections, and accepts none. */
    void goDown() {
      accepts = false;
      syncContext.execute(() -> List.copyOf(connections).forEach(Connection::lost));
    }

    /** Accepts connections; those that it refused are tried again after a pause. */
    void restart() {
      accepts = true;
    }

    /** Accepts connections, and the pauses are over. */
    void comeBack() {
      restart();
      syncContext.execute(() -> List.copyOf(connections).forEach(Connection::pauseEnds));
    }

    /** Whether anybody is connected, or tries to be. */
    boolean isConnected() {
      return !connections.isEmpty();
    }

    private SocketAddress address() {
      return InetSocketAddress.createUnresolved("server", port);
    }

    private EquivalentAddressGroup group() {
      return new EquivalentAddressGroup(
          address(),
          InstanceAttributes.of(new Instance("x", new HostAndPort("server", port), metadata)));
    }

    @Override
    public String toString() {
      return "server:" + port;
    }
  }

  Server server(double millis) {
    return new Server(() -> nanos(millis));
  }

  Server server(LongSupplier latency) {
    return new Server(latency);
  }

  List<Server> servers(double... millis) {
    return Arrays.stream(millis).mapToObj(this::server).toList();
  }

  static long nanos(double millis) {
    return (long) (millis * 1e6);
  }

  /** Exponential: many short ones, few long ones. */
  LongSupplier noise(double meanMillis) {
    return () -> nanos(-meanMillis * Math.log(1 - random.nextDouble()));
  }

  /** The list of instances has changed. */
  Status list(List<Server> listed) {
    Status[] result = new Status[1];
    syncContext.execute(
        () ->
            result[0] =
                balancer.acceptResolvedAddresses(
                    ResolvedAddresses.newBuilder()
                        .setAddresses(listed.stream().map(Server::group).toList())
                        .setAttributes(
                            Attributes.newBuilder()
                                .set(
                                    BalancerContext.KEY,
                                    new BalancerContext(
                                        recorder,
                                        (service, reason, avoided) -> {},
                                        () -> zone,
                                        services))
                                .build())
                        .setLoadBalancingPolicyConfig(config())
                        .build()));
    return result[0];
  }

  @SuppressWarnings("unchecked") // JSON
  private Object config() {
    Map<String, ?> config = (Map<String, ?>) settings.around(policy).get(BalancerSettings.POLICY);
    return BalancerSettings.parse(config).getConfig();
  }

  ConnectivityState state() {
    return state;
  }

  /** What the policy knows of a server's instance. */
  BalancedInstance.State stateOf(Server server) {
    return services.snapshot().get(0).instances().stream()
        .filter(instance -> instance.address().equals(server.toString()))
        .findFirst()
        .orElseThrow()
        .state();
  }

  void pass(Duration time) {
    timer.advance(time);
  }

  long now() {
    return timer.now();
  }

  /** A pick without a call. */
  PickResult pick(MethodDescriptor<?, ?> method) {
    return picker.pickSubchannel(new Args(method));
  }

  /** Starts a unary call. */
  Call call() {
    Call call = new Call(METHOD, () -> {});
    call.endsAfter(call.server.latency.getAsLong());
    return call;
  }

  /** Starts a unary call of another method, which takes this time. */
  Call slowCall(double millis) {
    Call call = new Call(OTHER_METHOD, () -> {});
    call.endsAfter(nanos(millis));
    return call;
  }

  /** Opens a stream, which stays open. */
  Call stream() {
    return new Call(NotificationServiceGrpc.getSubscribeMethod(), () -> {});
  }

  /** Makes calls, so many at a time, each after the end of one before. */
  Times closedLoop(int calls, int atOnce) {
    Times times = new Times();
    Runnable[] next = new Runnable[1];
    int[] left = {calls};
    next[0] =
        () -> {
          if (left[0]-- > 0) {
            long start = timer.now();
            Call call = call();
            call.onEnd =
                () -> {
                  times.add(timer.now() - start);
                  next[0].run();
                };
          }
        };
    for (int i = 0; i < atOnce; i++) {
      next[0].run();
    }
    while (times.size() < calls) {
      timer.advance(Duration.ofMillis(1));
    }
    return times;
  }

  /** Makes calls at random moments for a time, whatever is under way, and waits for none. */
  Times openLoop(double callsPerSecond, Duration time) {
    Times times = new Times();
    long end = timer.now() + time.toNanos();
    Runnable[] next = new Runnable[1];
    next[0] =
        () -> {
          if (timer.now() < end) {
            long start = timer.now();
            call().onEnd = () -> times.add(timer.now() - start);
            timer.schedule(
                next[0], noise(1000 / callsPerSecond).getAsLong() + 1, TimeUnit.NANOSECONDS);
          }
        };
    next[0].run();
    timer.advance(time);
    return times;
  }

  /** How long calls took. */
  static final class Times {

    private long[] nanos = new long[1024];
    private int size;

    private void add(long time) {
      if (size == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * size);
      }
      nanos[size++] = time;
    }

    int size() {
      return size;
    }

    double millis(double percent) {
      long[] sorted = Arrays.copyOf(nanos, size);
      Arrays.sort(sorted);
      return sorted[Math.max(0, (int) Math.ceil(percent / 100 * size) - 1)] / 1e6;
    }
  }

  /** A call that was sent, or failed, or waits for ever. */
  final class Call {

    final Server server;
    private final ClientStreamTracer tracer;
    private Runnable onEnd;
    private boolean ended;

    private Call(MethodDescriptor<?, ?> method, Runnable onEnd) {
      this.onEnd = onEnd;
      PickResult pick = pick(method);
      if (!(pick.getSubchannel() instanceof Connection connection)) {
        throw new AssertionError("no instance: " + pick);
      }
      Metadata headers = new Metadata();
      server = connection.server;
      server.calls++;
      tracer =
          pick.getStreamTracerFactory()
              .newClientStreamTracer(StreamInfo.newBuilder().build(), headers);
      tracer.streamCreated(CONNECTION, headers);
    }

    private void endsAfter(long nanos) {
      Status answer = server.answer;
      timer.schedule(() -> end(answer), Math.max(1, nanos), TimeUnit.NANOSECONDS);
    }

    /** The server ends it. */
    void end(Status status) {
      if (ended) {
        return;
      }
      ended = true;
      tracer.inboundHeaders();
      tracer.inboundTrailers(new Metadata());
      tracer.streamClosed(status);
      onEnd.run();
    }

    /** The caller ends it, without an answer. */
    void cancel() {
      ended = true;
      tracer.streamClosed(Status.CANCELLED);
    }
  }

  private static final class Args extends LoadBalancer.PickSubchannelArgs {

    private final Metadata headers = new Metadata();
    private final MethodDescriptor<?, ?> method;

    Args(MethodDescriptor<?, ?> method) {
      this.method = method;
    }

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return method;
    }
  }

  private final class Channel extends LoadBalancer.Helper {

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
      return new Connection(args.getAddresses());
    }

    @Override
    public void updateBalancingState(ConnectivityState next, SubchannelPicker nextPicker) {
      state = next;
      picker = nextPicker;
    }

    @Override
    public void refreshNameResolution() {}

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
      return "x";
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
      throw new UnsupportedOperationException();
    }
  }

  /** Connects at once, where its server accepts; else it pauses until the test ends that. */
  private final class Connection extends Subchannel {

    private List<EquivalentAddressGroup> groups;
    private final Server server;
    private SubchannelStateListener listener;
    private boolean pauses;

    Connection(List<EquivalentAddressGroup> groups) {
      this.groups = groups;
      this.server = servers.get(groups.get(0).getAddresses().get(0));
    }

    @Override
    public void start(SubchannelStateListener policys) {
      listener = policys;
      server.connections.add(this);
    }

    @Override
    public void requestConnection() {
      if (pauses) {
        return;
      }
      pauses = !server.accepts;
      ConnectivityStateInfo next =
          pauses
              ? ConnectivityStateInfo.forTransientFailure(DOWN)
              : ConnectivityStateInfo.forNonError(ConnectivityState.READY);
      syncContext.execute(() -> listener.onSubchannelState(next));
    }

    private void pauseEnds() {
      pauses = false;
      requestConnection();
    }

    private void lost() {
      listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
    }

    @Override
    public void shutdown() {
      server.connections.remove(this);
    }

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
      return groups;
    }

    @Override
    public void updateAddresses(List<EquivalentAddressGroup> next) {
      groups = next;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }
  }

  private final class MovedClock extends Clock {

    @Override
    public Instant instant() {
      return START.plusNanos(timer.now());
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId other) {
      return this;
    }
  }
}
