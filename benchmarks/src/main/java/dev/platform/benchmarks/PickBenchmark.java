package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.balancer.OutlierAvoidingLoadBalancerProvider;
import dev.platform.core.balancer.OutlierDetection;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.outcome.OutcomeClassifier;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Deadline;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickSubchannelArgs;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The cost of a pick for a recorded call, with the platform's policy around the one that picks. The
 * instances have answered some calls; their connections are simulated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH sets the fields.
public class PickBenchmark {

  private static final MethodDescriptor<?, ?> METHOD =
      RecommendationServiceGrpc.getGetRecommendationsMethod();

  private static final ChannelLogger SILENT =
      new ChannelLogger() {
        @Override
        public void log(ChannelLogLevel level, String message) {}

        @Override
        public void log(ChannelLogLevel level, String format, Object... arguments) {}
      };

  @Param({"round_robin", "peak_ewma"})
  public String policy;

  @Param({"3", "10", "1000"})
  public int instances;

  private ScheduledExecutorService timer;
  private LoadBalancer balancer;
  private SubchannelPicker picker;
  private PickSubchannelArgs call;

  /** Measures and prints a table. */
  static void printTable() throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(PickBenchmark.class.getName() + ".pick$")
                    .addProfiler(GCProfiler.class)
                    .jvmArgsAppend("-Xms256m", "-Xmx256m")
                    .build())
            .run();
    System.out.println("| policy | instances | a pick, ns | bytes |");
    System.out.println("|---|---|---|---|");
    for (RunResult result : results) {
      System.out.println(
          String.format(
              Locale.ROOT,
              "| `%s` | %s | %.0f | %.0f |",
              result.getParams().getParam("policy"),
              result.getParams().getParam("instances"),
              result.getPrimaryResult().getScore(),
              Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                  .getScore()));
    }
  }

  @Setup(Level.Trial)
  public void setUp() {
    timer = Executors.newSingleThreadScheduledExecutor();
    CallRecorder recorder =
        new CallRecorder(
            OutcomeClassifier.standard(),
            Clock.systemUTC(),
            System::nanoTime,
            Deadline.getSystemTicker());
    OutlierAvoidingLoadBalancerProvider provider = new OutlierAvoidingLoadBalancerProvider();
    SimulatedChannel channel = new SimulatedChannel();
    balancer = provider.newLoadBalancer(channel);
    BalancerSettings settings = new BalancerSettings(true, OutlierDetection.defaults());
    channel.syncContext.execute(() -> accept(provider, settings, recorder));
    Metadata headers = new Metadata();
    CallOptions options = recorded(recorder, headers);
    call = new Call(options, headers);
    for (int i = 0; i < 10 * instances; i++) {
      answer(recorder);
    }
  }

  @SuppressWarnings("unchecked") // JSON
  private void accept(
      OutlierAvoidingLoadBalancerProvider provider,
      BalancerSettings settings,
      CallRecorder recorder) {
    Map<String, ?> config = (Map<String, ?>) settings.around(policy).values().iterator().next();
    List<EquivalentAddressGroup> addresses = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      addresses.add(
          new EquivalentAddressGroup(InetSocketAddress.createUnresolved("server", i + 1)));
    }
    Status status =
        balancer.acceptResolvedAddresses(
            ResolvedAddresses.newBuilder()
                .setAddresses(addresses)
                .setAttributes(
                    Attributes.newBuilder()
                        .set(
                            BalancerContext.KEY,
                            new BalancerContext(recorder, (service, reason, avoided) -> {}))
                        .build())
                .setLoadBalancingPolicyConfig(
                    Objects.requireNonNull(
                        provider.parseLoadBalancingPolicyConfig(config).getConfig()))
                .build());
    if (!status.isOk()) {
      throw new IllegalStateException(status.toString());
    }
  }

  /** The options of a call with the platform's interceptors, whose first attempt has begun. */
  private static CallOptions recorded(CallRecorder recorder, Metadata headers) {
    CallOptions[] options = new CallOptions[1];
    Channel inside =
        new Channel() {
          @Override
          public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions given) {
            options[0] = given;
            return new NoopCall<>();
          }

          @Override
          public String authority() {
            return "x";
          }
        };
    recorder.interceptCall(METHOD, CallOptions.DEFAULT, inside);
    begin(options[0], headers);
    return options[0];
  }

  private static ClientStreamTracer begin(CallOptions options, Metadata headers) {
    return options
        .getStreamTracerFactories()
        .get(0)
        .newClientStreamTracer(StreamInfo.newBuilder().setCallOptions(options).build(), headers);
  }

  /** A call that is sent and answered. */
  private void answer(CallRecorder recorder) {
    Metadata headers = new Metadata();
    CallOptions options = recorded(recorder, headers);
    ClientStreamTracer attempt = begin(options, headers);
    picker.pickSubchannel(new Call(options, headers));
    attempt.streamCreated(Attributes.EMPTY, headers);
    attempt.inboundHeaders();
    attempt.inboundTrailers(new Metadata());
    attempt.streamClosed(Status.OK);
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    balancer.shutdown();
    timer.shutdownNow();
  }

  @Benchmark
  public Object pick() {
    return picker.pickSubchannel(call);
  }

  private static final class Call extends PickSubchannelArgs {

    private final CallOptions options;
    private final Metadata headers;

    Call(CallOptions options, Metadata headers) {
      this.options = options;
      this.headers = headers;
    }

    @Override
    public CallOptions getCallOptions() {
      return options;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return METHOD;
    }
  }

  private static final class NoopCall<Q, A> extends ClientCall<Q, A> {

    @Override
    public void start(Listener<A> listener, Metadata headers) {}

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String message, Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
  }

  private final class SimulatedChannel extends LoadBalancer.Helper {

    private final SynchronizationContext syncContext =
        new SynchronizationContext(
            (thread, failure) -> {
              throw new IllegalStateException(failure);
            });

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
      return new Connection(syncContext, args.getAddresses());
    }

    @Override
    public void updateBalancingState(ConnectivityState state, SubchannelPicker next) {
      picker = next;
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
      return "x";
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Connection extends Subchannel {

    private final SynchronizationContext syncContext;
    private final List<EquivalentAddressGroup> addresses;
    private SubchannelStateListener listener = state -> {};

    Connection(SynchronizationContext syncContext, List<EquivalentAddressGroup> addresses) {
      this.syncContext = syncContext;
      this.addresses = addresses;
    }

    @Override
    public void start(SubchannelStateListener policys) {
      listener = policys;
    }

    @Override
    public void requestConnection() {
      syncContext.execute(
          () ->
              listener.onSubchannelState(
                  ConnectivityStateInfo.forNonError(ConnectivityState.READY)));
    }

    @Override
    public ChannelLogger getChannelLogger() {
      return SILENT;
    }

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
      return addresses;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }

    @Override
    public void shutdown() {}
  }
}
