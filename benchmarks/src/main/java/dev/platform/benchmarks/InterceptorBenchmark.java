package dev.platform.benchmarks;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.identity.CallerIdentity;
import dev.platform.core.identity.User;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.ServerCalls;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
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
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The cost that each interceptor of the platform adds to a unary call that is answered immediately,
 * without a network: nanoseconds and bytes, alone and all together.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets the fields.
public class InterceptorBenchmark {

  private static final String NONE = "none";
  private static final String ALL = "all";

  /** A client's other interceptors need its record of the call, so they come on top of it. */
  private static final String RECORDER = CallRecorder.class.getSimpleName();

  private static final GetRecommendationsRequest REQUEST =
      GetRecommendationsRequest.newBuilder().setUserId("u-1").build();
  private static final MethodDescriptor<GetRecommendationsRequest, GetRecommendationsResponse>
      METHOD = RecommendationServiceGrpc.getGetRecommendationsMethod();
  private static final String TOKEN = "x".repeat(800);
  private static final String BEARER = "Bearer " + TOKEN;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN_ID = "b7ad6b7169203331";
  private static final Metadata.Key<String> TRACE =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  /** The simple name of an interceptor's class, {@code none} or {@code all}. */
  @Param({NONE})
  public String interceptor;

  /** Whether the caller's trace is recorded. */
  @Param({"true", "false"})
  public boolean sampled;

  private ConfigurableApplicationContext app;
  private Context outside;
  private io.opentelemetry.context.Scope callersTrace;
  private String trace;
  private ServerCallHandler<GetRecommendationsRequest, GetRecommendationsResponse> handler;
  private Channel channel;

  /**
   * Measures and prints a table.
   *
   * @param arguments simple names of interceptors; all interceptors if there are none
   */
  public static void main(String[] arguments) throws Exception {
    List<String> server;
    List<String> client;
    try (ConfigurableApplicationContext app = CallServer.startEverythingSecured()) {
      server = chosen(names(serverInterceptors(app)), arguments);
      client = chosen(names(clientInterceptors(app)), arguments);
    }
    System.out.println("| side | interceptor | sampled, ns | bytes | not sampled, ns | bytes |");
    System.out.println("|---|---|---|---|---|---|");
    print("server", measure("serve", server), server);
    print("client", measure("call", client), client);
  }

  private static Collection<RunResult> measure(String method, List<String> interceptors)
      throws Exception {
    Set<String> all = new LinkedHashSet<>(List.of(NONE, ALL));
    if (method.equals("call")) {
      all.add(RECORDER);
    }
    all.addAll(interceptors);
    Options options =
        new OptionsBuilder()
            .include(InterceptorBenchmark.class.getName() + "." + method + "$")
            .param("interceptor", all.toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend("-Xms512m", "-Xmx512m")
            .shouldFailOnError(true)
            .build();
    return new Runner(options).run();
  }

  private static void print(String side, Collection<RunResult> results, List<String> interceptors) {
    List<String> rows = new ArrayList<>(interceptors);
    rows.add(ALL);
    for (String row : rows) {
      System.out.println(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.0f | %.0f | %.0f | %.0f |",
              side,
              row,
              added(results, row, true, r -> r.getPrimaryResult().getScore()),
              added(results, row, true, InterceptorBenchmark::bytes),
              added(results, row, false, r -> r.getPrimaryResult().getScore()),
              added(results, row, false, InterceptorBenchmark::bytes)));
    }
  }

  private static double added(
      Collection<RunResult> results,
      String interceptor,
      boolean sampled,
      ToDoubleFunction<RunResult> what) {
    return what.applyAsDouble(result(results, interceptor, sampled))
        - what.applyAsDouble(result(results, withoutIt(results, interceptor), sampled));
  }

  private static String withoutIt(Collection<RunResult> results, String interceptor) {
    boolean needsRecorder =
        !interceptor.equals(ALL)
            && !interceptor.equals(RECORDER)
            && results.stream()
                .anyMatch(result -> result.getParams().getParam("interceptor").equals(RECORDER));
    return needsRecorder ? RECORDER : NONE;
  }

  private static RunResult result(
      Collection<RunResult> results, String interceptor, boolean sampled) {
    Predicate<RunResult> wanted =
        result ->
            result.getParams().getParam("interceptor").equals(interceptor)
                && result.getParams().getParam("sampled").equals(Boolean.toString(sampled));
    return results.stream().filter(wanted).findFirst().orElseThrow();
  }

  private static double bytes(RunResult result) {
    return result.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow()
        .getScore();
  }

  private static List<ServerInterceptor> serverInterceptors(ConfigurableApplicationContext app) {
    return app.getBeansOfType(ServerLink.class).values().stream()
        .sorted(Comparator.comparing(ServerLink::stage))
        .map(ServerLink::interceptor)
        .toList();
  }

  private static List<ClientInterceptor> clientInterceptors(ConfigurableApplicationContext app) {
    return app.getBeansOfType(ClientLink.class).values().stream()
        .sorted(Comparator.comparing(ClientLink::stage))
        .map(ClientLink::interceptor)
        .toList();
  }

  private static List<String> names(List<?> interceptors) {
    return interceptors.stream().map(InterceptorBenchmark::name).toList();
  }

  private static List<String> chosen(List<String> names, String[] arguments) {
    List<String> wanted = List.of(arguments);
    return names.stream().filter(name -> wanted.isEmpty() || wanted.contains(name)).toList();
  }

  private static String name(Object interceptor) {
    return interceptor.getClass().getSimpleName();
  }

  private boolean isWanted(Object each) {
    return interceptor.equals(ALL)
        || interceptor.equals(name(each))
        || (each instanceof CallRecorder && !interceptor.equals(NONE));
  }

  @Setup(Level.Trial)
  @SuppressWarnings("MustBeClosedChecker") // closed by tearDown()
  public void setUp() {
    app = CallServer.startEverythingSecured();
    outside = caller().attachedTo(Context.current()).attach();
    trace = "00-" + TRACE_ID + "-" + SPAN_ID + "-" + (sampled ? "01" : "00");
    callersTrace = Span.wrap(callersSpan()).makeCurrent();
    handler = ServerCalls.asyncUnaryCall(new CallServer.Recommendations()::getRecommendations);
    List<ServerInterceptor> server = new ArrayList<>(serverInterceptors(app));
    Collections.reverse(server);
    for (ServerInterceptor each : server) {
      if (isWanted(each)) {
        ServerCallHandler<GetRecommendationsRequest, GetRecommendationsResponse> next = handler;
        handler = (call, headers) -> each.interceptCall(call, headers, next);
      }
    }
    channel =
        ClientInterceptors.interceptForward(
            new AnsweringChannel(),
            clientInterceptors(app).stream().filter(this::isWanted).toList());
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    callersTrace.close();
    Context.current().detach(outside);
    app.close();
  }

  /** The span of the work that makes the client calls. */
  private SpanContext callersSpan() {
    TraceFlags flags = sampled ? TraceFlags.getSampled() : TraceFlags.getDefault();
    return SpanContext.create(TRACE_ID, SPAN_ID, flags, TraceState.getDefault());
  }

  /** Who calls, for an interceptor that is measured without those that find it out. */
  private static CallerIdentity caller() {
    return CallerIdentity.of("calls")
        .onBehalfOf(new User("u-1", "https://issuer.example", Set.of("customer"), null), TOKEN);
  }

  /** A served call, from its headers to its end. */
  @Benchmark
  public Object serve() {
    Metadata headers = new Metadata();
    headers.put(TRACE, trace);
    headers.put(AUTHORIZATION, BEARER);
    ServerCall.Listener<GetRecommendationsRequest> listener =
        handler.startCall(new NoopClientCall(), headers);
    listener.onReady();
    listener.onMessage(REQUEST);
    listener.onHalfClose();
    listener.onComplete();
    return listener;
  }

  /** A client call inside a trace, from its start to its end. */
  @Benchmark
  public Object call() {
    ClientCall<GetRecommendationsRequest, GetRecommendationsResponse> call =
        channel.newCall(METHOD, CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(2);
    call.sendMessage(REQUEST);
    call.halfClose();
    return call;
  }
}
