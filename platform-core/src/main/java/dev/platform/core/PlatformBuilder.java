package dev.platform.core;

import dev.platform.core.authorization.AuthorizationMode;
import dev.platform.core.authorization.AuthorizationRules;
import dev.platform.core.authorization.LearnedCalls;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.balancer.OutlierDetection;
import dev.platform.core.breaker.CircuitBreakerSettings;
import dev.platform.core.breaker.GrpcStatusPredicates;
import dev.platform.core.concurrency.ConcurrencyLimitSettings;
import dev.platform.core.concurrent.Threads;
import dev.platform.core.deadline.DeadlineSettings;
import dev.platform.core.discovery.DiscoverySettings;
import dev.platform.core.drain.DrainSettings;
import dev.platform.core.etcd.EtcdSettings;
import dev.platform.core.etcd.EtcdTls;
import dev.platform.core.failure.TrailerLimitServerInterceptor;
import dev.platform.core.identity.AuthenticationSettings;
import dev.platform.core.identity.TokenVerifier;
import dev.platform.core.identity.WorkloadIdentities;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.Layout;
import dev.platform.core.instance.ValueFormat;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.priority.PrioritySettings;
import dev.platform.core.ratelimit.RateLimitSettings;
import dev.platform.core.retry.HedgingSettings;
import dev.platform.core.retry.RetrySettings;
import dev.platform.core.start.WarmUp;
import dev.platform.core.start.WarmUpSettings;
import dev.platform.core.transport.TransportSecurity;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Configures a {@link Platform}; everything but the service's name has a default. */
public final class PlatformBuilder {

  final String service;
  EtcdSettings etcd = EtcdSettings.defaults();
  @Nullable EtcdTls tls;
  TransportSecurity transport = TransportSecurity.plaintext();
  String namespace = "";
  ValueFormat valueFormat = ValueFormat.GRPC;
  Set<Layout> layouts = Set.of(Layout.PLATFORM);
  Map<String, Layout> discoveryLayouts = Map.of();
  Duration leaseTtl = Duration.ofSeconds(10);
  @Nullable String advertisedHost;
  int advertisedPort;
  Map<String, String> metadata = Map.of();
  DiscoverySettings discovery = DiscoverySettings.defaults();
  @Nullable Boolean allowLoopback;
  String loadBalancing = "peak_ewma";
  Duration slowStart = BalancerSettings.SLOW_START;
  OutlierDetection outlierDetection = OutlierDetection.defaults();
  DeadlineSettings deadlines = DeadlineSettings.defaults();
  CircuitBreakerSettings breakers = CircuitBreakerSettings.defaults();
  @Nullable CircuitBreakerConfig breakerConfig;
  RetrySettings retries = RetrySettings.defaults();
  HedgingSettings hedging = HedgingSettings.none();
  WorkloadIdentities workloads = WorkloadIdentities.of(null, List.of());
  AuthenticationSettings authentication;
  @Nullable TokenVerifier users;
  AuthorizationMode authorization = AuthorizationMode.OFF;
  AuthorizationRules rules = AuthorizationRules.of(Map.of());
  LearnedCalls learned = new LearnedCalls(1000);
  RateLimitSettings rateLimits = RateLimitSettings.none();
  PrioritySettings priorities = PrioritySettings.defaults();
  @Nullable ConcurrencyLimitSettings concurrency;
  boolean adaptiveConcurrency;
  boolean faultInjection;
  int maxTrailersSize = TrailerLimitServerInterceptor.DEFAULT_LIMIT;
  WarmUpSettings warmUpSettings = WarmUpSettings.defaults();
  final Map<String, WarmUp> warmUps = new LinkedHashMap<>();
  DrainSettings drain = DrainSettings.defaults();
  OutcomeClassifier outcomes = OutcomeClassifier.standard();
  OpenTelemetry telemetry = OpenTelemetry.noop();
  @Nullable MeterRegistry meters;
  boolean closeAtShutdown = true;
  Clock clock = Clock.systemUTC();
  LongSupplier nanoTime = System::nanoTime;
  Deadline.Ticker deadlineTicker = Deadline.getSystemTicker();
  RandomGenerator random = new Random();
  Threads threads = Threads.daemons();
  @Nullable String instanceId;
  List<String> nonBlocking = List.of();

  PlatformBuilder(String service) {
    this.service = service;
    this.authentication = AuthenticationSettings.defaults(service);
  }

  /** How etcd is reached; by default at {@code http://127.0.0.1:2379}. */
  public PlatformBuilder etcd(EtcdSettings settings) {
    this.etcd = settings;
    return this;
  }

  /** etcd's members, {@code http://host:port} or {@code https://host:port}. */
  public PlatformBuilder etcdEndpoints(String... endpoints) {
    this.etcd = etcd.withEndpoints(List.of(endpoints));
    return this;
  }

  /** Certificates for {@code https} endpoints. */
  public PlatformBuilder etcdTls(EtcdTls certificates) {
    this.tls = certificates;
    return this;
  }

  /**
   * Mutual TLS between services, for {@link Platform#serve(int, io.grpc.BindableService...)} and
   * {@link Platform#channel}; by default there is none.
   */
  public PlatformBuilder transportSecurity(TransportSecurity security) {
    this.transport = security;
    return this;
  }

  /** A path before all keys in etcd, such as {@code /staging}; by default none. */
  public PlatformBuilder namespace(String path) {
    InstanceCodec.checkNamespace(path);
    this.namespace = path;
    return this;
  }

  /** How instances are written into etcd, in the platform's own layout. */
  public PlatformBuilder valueFormat(ValueFormat format) {
    this.valueFormat = format;
    return this;
  }

  /** The layouts in which this program is registered, at least one; by default the platform's. */
  public PlatformBuilder layouts(Layout first, Layout... more) {
    this.layouts = EnumSet.of(first, more);
    return this;
  }

  /** The services that are discovered in the layout of a framework. */
  public PlatformBuilder discoveryLayouts(Map<String, Layout> byService) {
    this.discoveryLayouts = Map.copyOf(byService);
    return this;
  }

  /** How long a crashed program stays registered; whole seconds, by default 10. */
  public PlatformBuilder leaseTtl(Duration ttl) {
    this.leaseTtl = ttl;
    return this;
  }

  /** The host at which others reach this program; by default an address of this machine. */
  public PlatformBuilder advertise(String host) {
    this.advertisedHost = host;
    return this;
  }

  /** The same with another port than the one that the server listens on. */
  public PlatformBuilder advertise(String host, int port) {
    this.advertisedHost = host;
    this.advertisedPort = port;
    return this;
  }

  /**
   * Further metadata of the instance: {@code zone}, {@code version}, {@code weight}, your own.
   * Instances of the same zone are preferred in calls.
   */
  public PlatformBuilder metadata(Map<String, String> more) {
    this.metadata = Map.copyOf(more);
    return this;
  }

  public PlatformBuilder discovery(DiscoverySettings settings) {
    this.discovery = settings;
    return this;
  }

  /**
   * Whether instances at loopback, link-local and unspecified addresses are called. By default only
   * if this program advertises a loopback address itself, or all endpoints of etcd are loopback
   * addresses: elsewhere such an address is not the instance's, and is skipped with a warning.
   */
  public PlatformBuilder allowLoopback(boolean allow) {
    this.allowLoopback = allow;
    return this;
  }

  /** A policy that is registered with gRPC; {@code peak_ewma} by default. */
  public PlatformBuilder loadBalancing(String policy) {
    this.loadBalancing = policy;
    return this;
  }

  /**
   * For how long {@code peak_ewma} raises the share of an instance that is new to this program; by
   * default 10 s, 0 for its whole share at once.
   */
  public PlatformBuilder slowStart(Duration time) {
    this.slowStart = time;
    return this;
  }

  public PlatformBuilder outlierDetection(OutlierDetection settings) {
    this.outlierDetection = settings;
    return this;
  }

  public PlatformBuilder deadlines(DeadlineSettings settings) {
    this.deadlines = settings;
    return this;
  }

  public PlatformBuilder circuitBreakers(CircuitBreakerSettings settings) {
    this.breakers = settings;
    return this;
  }

  /** The windows and thresholds of all breakers. */
  public PlatformBuilder circuitBreakerConfig(CircuitBreakerConfig config) {
    this.breakerConfig = config;
    return this;
  }

  public PlatformBuilder retries(RetrySettings settings) {
    this.retries = settings;
    return this;
  }

  public PlatformBuilder hedging(HedgingSettings settings) {
    this.hedging = settings;
    return this;
  }

  /** Which workloads certificates prove; by default none. */
  public PlatformBuilder workloads(WorkloadIdentities identities) {
    this.workloads = identities;
    return this;
  }

  /**
   * How callers prove who they are; by default as the service's own workload within the process.
   */
  public PlatformBuilder authentication(AuthenticationSettings settings) {
    this.authentication = settings;
    return this;
  }

  /** Checks users' bearer tokens, which are sent on with the calls of the same request. */
  public PlatformBuilder users(TokenVerifier verifier) {
    this.users = verifier;
    return this;
  }

  /** Which caller may make which call; by default all may make all. */
  public PlatformBuilder authorization(AuthorizationMode mode, AuthorizationRules some) {
    this.authorization = mode;
    this.rules = some;
    return this;
  }

  /** What the mode {@code SHADOW} learns; by default up to 1000 pairs that nobody reads. */
  public PlatformBuilder learned(LearnedCalls calls) {
    this.learned = calls;
    return this;
  }

  /** How often the server may be called; by default there is no limit. */
  public PlatformBuilder rateLimits(RateLimitSettings settings) {
    this.rateLimits = settings;
    return this;
  }

  /**
   * Which priority calls have, and whose calls bring it with them; by default only those of proved
   * workloads.
   */
  public PlatformBuilder priorities(PrioritySettings settings) {
    this.priorities = settings;
    return this;
  }

  /**
   * Limits the unary calls that the server handles concurrently, to {@code settings.limit()}; by
   * default there is no limit. It must be less than the server's handler threads, 200 in {@link
   * Platform#serve(int, io.grpc.BindableService...)}: refusing a call needs one.
   */
  public PlatformBuilder concurrencyLimit(ConcurrencyLimitSettings settings) {
    this.concurrency = settings;
    this.adaptiveConcurrency = false;
    return this;
  }

  /**
   * The same with a limit between the bounds of {@code settings.adaptive()}, which follows what the
   * server can do at once.
   */
  public PlatformBuilder adaptiveConcurrencyLimit(ConcurrencyLimitSettings settings) {
    this.concurrency = settings;
    this.adaptiveConcurrency = true;
    return this;
  }

  /**
   * Whether {@link Platform#faults} can delay and abort calls, for tests and game days; false by
   * default.
   */
  public PlatformBuilder faultInjection(boolean enabled) {
    this.faultInjection = enabled;
    return this;
  }

  /**
   * The size in bytes to which the headers and trailers of the server's answers are shortened, 1024
   * to 1048576; by default 8192, which gRPC's clients accept. 0 for no limit.
   */
  public PlatformBuilder maxTrailersSize(int bytes) {
    TrailerLimitServerInterceptor.checkLimit(bytes);
    this.maxTrailersSize = bytes;
    return this;
  }

  /**
   * Adds work for between the start of the server and its registration, after what was added
   * before. {@link Platform#serve(int, io.grpc.BindableService...)} returns when it has ended.
   *
   * @param name names it in the log
   */
  public PlatformBuilder warmUp(String name, WarmUp work) {
    warmUps.put(name, work);
    return this;
  }

  /** How long warm-ups may delay the registration. */
  public PlatformBuilder warmUpSettings(WarmUpSettings settings) {
    this.warmUpSettings = settings;
    return this;
  }

  /**
   * Services and methods of {@link Platform#serve(int, io.grpc.BindableService...)}, {@code
   * package.Service/Method}, whose handlers never block, and are quick. They run on the transport's
   * threads; by default none.
   */
  public PlatformBuilder nonBlocking(String... methods) {
    this.nonBlocking = List.of(methods);
    return this;
  }

  public PlatformBuilder drain(DrainSettings settings) {
    this.drain = settings;
    return this;
  }

  /** Decides which calls have failed, for circuit breakers, outlier ejection and telemetry. */
  public PlatformBuilder outcomes(OutcomeClassifier classifier) {
    this.outcomes = classifier;
    return this;
  }

  /** Exports spans and propagates trace context; by default there are no spans. */
  public PlatformBuilder openTelemetry(OpenTelemetry openTelemetry) {
    this.telemetry = openTelemetry;
    return this;
  }

  /** Where meters are registered; by default there are none. */
  public PlatformBuilder meters(MeterRegistry registry) {
    this.meters = registry;
    return this;
  }

  /** Whether the platform closes itself when the JVM shuts down; true by default. */
  public PlatformBuilder closeAtShutdown(boolean close) {
    this.closeAtShutdown = close;
    return this;
  }

  /** Wall-clock time. */
  public PlatformBuilder clock(Clock wallClock) {
    this.clock = wallClock;
    return this;
  }

  /** Monotonic time in nanoseconds. */
  public PlatformBuilder nanoTime(LongSupplier ticker) {
    this.nanoTime = ticker;
    return this;
  }

  /**
   * The time of the deadlines of calls. All deadlines of a process must have the same: only for a
   * program whose channels and servers use this one, too.
   */
  public PlatformBuilder deadlineTicker(Deadline.Ticker ticker) {
    this.deadlineTicker = ticker;
    return this;
  }

  /** The threads of timers and background work; daemon threads by default. */
  public PlatformBuilder threads(Threads source) {
    this.threads = source;
    return this;
  }

  /** Identifies this start of the program among all others; a random UUID by default. */
  public PlatformBuilder instanceId(String id) {
    this.instanceId = id;
    return this;
  }

  /** Random numbers, for back-offs and faults; used on any thread. */
  public PlatformBuilder random(RandomGenerator generator) {
    this.random = generator;
    return this;
  }

  /**
   * Connects to etcd in the background; never blocks.
   *
   * @throws dev.platform.core.InvalidPropertyException for settings that can't work
   */
  public Platform build() {
    return new Platform(this, new OpenResources());
  }

  CircuitBreakerRegistry circuitBreakers() {
    return CircuitBreakerRegistry.of(breakerConfig == null ? defaultBreakers() : breakerConfig);
  }

  /** The same as in application-defaults.yml for Spring applications. */
  private CircuitBreakerConfig defaultBreakers() {
    return CircuitBreakerConfig.custom()
        .slidingWindow(10, 20, SlidingWindowType.TIME_BASED)
        .failureRateThreshold(50)
        .slowCallDurationThreshold(Duration.ofSeconds(3))
        .slowCallRateThreshold(80)
        .waitDurationInOpenState(Duration.ofSeconds(30))
        .permittedNumberOfCallsInHalfOpenState(3)
        .maxWaitDurationInHalfOpenState(Duration.ZERO)
        .automaticTransitionFromOpenToHalfOpenEnabled(true)
        .clock(clock)
        .currentTimestampFunction(unused -> nanoTime.getAsLong(), TimeUnit.NANOSECONDS)
        .recordException(new GrpcStatusPredicates.Failures(outcomes))
        .ignoreException(new GrpcStatusPredicates.Ignored(outcomes))
        .build();
  }
}
