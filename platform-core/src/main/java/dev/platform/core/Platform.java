package dev.platform.core;

import dev.platform.core.balancer.BalancedService;
import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerMetrics;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientNameInterceptor;
import dev.platform.core.call.DiscoveredCalls;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ServerChain;
import dev.platform.core.concurrent.HandlerPool;
import dev.platform.core.concurrent.NonBlockingMethods;
import dev.platform.core.discovery.DiscoveryMetrics;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.drain.Drain;
import dev.platform.core.drain.GrpcHealth;
import dev.platform.core.drain.LifecyclePhase;
import dev.platform.core.etcd.EtcdConnection;
import dev.platform.core.fault.Faults;
import dev.platform.core.instance.HostAndPort;
import dev.platform.core.instance.Instance;
import dev.platform.core.instance.InstanceCodec;
import dev.platform.core.instance.InstanceMetadata;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.registry.Claim;
import dev.platform.core.registry.EtcdRegistrar;
import dev.platform.core.registry.LeaseSnapshot;
import dev.platform.core.registry.LocalAddress;
import dev.platform.core.resolver.AddressRule;
import dev.platform.core.resolver.DirectorySource;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.core.resolver.ResolverContexts;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import dev.platform.core.start.WarmUpReport;
import dev.platform.core.start.WarmUps;
import dev.platform.core.transport.TransportSecurity;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The platform for a program without a framework: its gRPC server is registered in etcd and
 * drained, its channels discover other services by name, and all calls have a deadline, a circuit
 * breaker, retries and telemetry.
 *
 * <p>{@link #close} drains and then closes everything; unless switched off, it also runs when the
 * JVM shuts down. Thread-safe.
 */
public final class Platform implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Platform.class);
  private static final int HANDLER_THREADS = 200;
  private static final int DEFAULT_WEIGHT = 100;
  private static final int KEEP_ALIVE_MINUTES = 6;

  private final PlatformBuilder settings;
  private final OpenResources resources;
  private final EtcdConnection connection;
  private final InstanceCodec codec;
  private final InstanceDirectory directory;
  private final EtcdRegistrar registrar;
  private final CircuitBreakerRegistry breakers;
  private final ClientChain clientChain;
  private final ServerChain serverChain;
  private final BalancedServices balanced = new BalancedServices();
  private final ResolverContext resolver;
  private final HealthStatusManager health = new HealthStatusManager();
  private final GrpcHealth reportedHealth = new GrpcHealth(Optional.of(health));
  private final Optional<Faults> faults;
  private final Drain drain;
  private final PlatformShutdown shutdown;
  private final WarmUps warmUps;
  private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
  private final @Nullable Thread shutdownHook;
  // guarded by this
  private @Nullable Server server;
  private volatile @Nullable HostAndPort advertised;
  private volatile boolean closing;
  private boolean closed;

  /**
   * @param resources what it opens; closed with it, also if it can't be built
   */
  Platform(PlatformBuilder settings, OpenResources resources) {
    this.settings = settings;
    this.resources = resources;
    try {
      this.connection =
          resources.add(
              EtcdConnection.builder(settings.etcd)
                  .tls(settings.tls)
                  .nanoTime(settings.nanoTime)
                  .deadlines(settings.deadlineTicker)
                  .random(settings.random)
                  .executor(settings.threads.timer("platform-etcd"))
                  .open());
      this.codec = new InstanceCodec(settings.namespace, settings.valueFormat);
      SkippedInstances skipped = new SkippedInstances();
      this.directory =
          resources.add(
              InstanceDirectory.builder(connection, codec)
                  .layouts(settings.discoveryLayouts)
                  .settings(settings.discovery)
                  .clock(settings.clock)
                  .random(settings.random)
                  .threads(settings.threads)
                  .endpoints(settings.etcd.endpoints())
                  .skipped(skipped)
                  .build());
      this.registrar =
          new EtcdRegistrar(connection, settings.leaseTtl, settings.clock, settings.random);
      this.breakers = settings.circuitBreakers();
      CallRecorder recorder =
          new CallRecorder(
              settings.outcomes,
              settings.clock,
              settings.nanoTime,
              settings.deadlineTicker,
              settings.deadlines.fairChance());
      PlatformChains chains = new PlatformChains(settings, breakers, recorder, resources);
      this.clientChain = chains.client();
      this.serverChain = chains.server();
      this.faults = chains.faults();
      this.drain = chains.drain(reportedHealth);
      this.warmUps = chains.warmUps();
      this.resolver = resources.add(resolver(recorder, skipped));
      ResolverContexts.jvm().add(resolver);
      chains.requests().start();
      this.shutdown = new PlatformShutdown(settings, registrar, resolver, drain, resources);
      this.shutdownHook = shutdownHook();
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  private ResolverContext resolver(CallRecorder recorder, SkippedInstances skipped) {
    BalancerMetrics avoided = new BalancerMetrics();
    if (settings.meters != null) {
      avoided.bindTo(settings.meters);
      balanced.bindTo(settings.meters);
      skipped.bindTo(settings.meters);
      new DiscoveryMetrics(directory, settings.clock).bindTo(settings.meters);
      settings.transport.bindTo(settings.meters);
    }
    DirectorySource source = new DirectorySource(directory);
    return new ResolverContext(
        source,
        source,
        settings.loadBalancing,
        new BalancerSettings(true, settings.outlierDetection, settings.slowStart),
        new BalancerContext(
            recorder,
            avoided,
            () -> settings.metadata.getOrDefault(InstanceMetadata.ZONE, ""),
            balanced),
        new RetryAndHedgingPolicy(settings.retries, settings.hedging, recorder),
        settings.discovery.waitForFirstList(),
        AddressRule.unless(listed -> isOnOneMachine()),
        skipped);
  }

  /** Whether this program and those that it calls share one machine. */
  private boolean isOnOneMachine() {
    if (settings.allowLoopback != null) {
      return settings.allowLoopback;
    }
    HostAndPort own = advertised;
    return settings.etcd.isLoopback() || (own != null && own.isLoopback());
  }

  private @Nullable Thread shutdownHook() {
    if (!settings.closeAtShutdown) {
      return null;
    }
    Thread hook = new Thread(this::close, "platform-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  /**
   * Returns a builder.
   *
   * @param service the service's name, by which others call this program
   */
  public static PlatformBuilder builder(String service) {
    return new PlatformBuilder(service);
  }

  /**
   * Starts a server of these services, with a bounded pool of handler threads, warms it up, and
   * registers it. It is in plaintext unless there is {@link PlatformBuilder#transportSecurity}. A
   * program has one server.
   *
   * @param port 0 for any free one
   * @throws IOException if the port can't be bound
   * @throws IllegalArgumentException if none of these services has what {@link
   *     PlatformBuilder#nonBlocking} names
   */
  public Server serve(int port, BindableService... services) throws IOException {
    HandlerPool pool = new HandlerPool(HANDLER_THREADS);
    TransportSecurity transport = settings.transport;
    ServerCredentials credentials =
        transport.isEncrypted()
            ? transport.serverCredentials()
            : InsecureServerCredentials.create();
    ServerBuilder<?> builder =
        Grpc.newServerBuilderForPort(port, credentials)
            // Callers may ping idle connections, to detect a frozen server within seconds.
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    NonBlockingMethods nonBlocking =
        new NonBlockingMethods(settings.nonBlocking, settings.nanoTime);
    nonBlocking.requireIn(Stream.of(services).map(BindableService::bindService).toList());
    nonBlocking.configure(builder, pool);
    transport.limitAge(builder);
    resources.add(pool::shutdown);
    return serve(builder, transport.metadata(), services);
  }

  /**
   * The same with a server builder of the program's own: its credentials, executor and limits are
   * kept. Services that it already has are served without the platform's interceptors.
   *
   * @throws IOException if the port can't be bound
   * @throws IllegalArgumentException if {@link PlatformBuilder#nonBlocking} names any method
   * @throws IllegalStateException if there is a server already, or the platform is closed
   */
  public Server serve(ServerBuilder<?> builder, BindableService... services) throws IOException {
    if (!settings.nonBlocking.isEmpty()) {
      throw new IllegalArgumentException(
          "nonBlocking: %s (expected: none with a server builder of the program's own, whose executor is kept)"
              .formatted(settings.nonBlocking));
    }
    return serve(builder, Map.of(), services);
  }

  private synchronized Server serve(
      ServerBuilder<?> builder, Map<String, String> security, BindableService... services)
      throws IOException {
    if (server != null || closed) {
      throw new IllegalStateException(
          closed ? "The platform is closed" : "The platform already has a server");
    }
    settings.transport.identifyPeers(builder);
    builder.addService(serverChain.outside(health.getHealthService().bindService()));
    for (BindableService service : services) {
      builder.addService(serverChain.around(service.bindService()));
    }
    Server started = builder.build().start();
    server = started;
    reportedHealth.serverStarted(started);
    warmUps.run(settings.warmUps);
    if (!closing) {
      drain.accepting(true);
      registrar.claim(claims(started, security));
    }
    return started;
  }

  /**
   * A channel to a service by its name, with the platform's interceptors. It is in plaintext unless
   * there is {@link PlatformBuilder#transportSecurity}. Closed with the platform.
   */
  public ManagedChannel channel(String service) {
    TransportSecurity transport = settings.transport;
    ManagedChannel channel =
        (transport.isEncrypted()
                ? discovered(
                    Grpc.newChannelBuilder(target(service), transport.channelCredentials()))
                : channelBuilder(service).usePlaintext())
            .build();
    channels.add(channel);
    return channel;
  }

  /**
   * The same as a builder, for TLS of the program's own for example. The program shuts down the
   * channel that it builds.
   */
  public ManagedChannelBuilder<?> channelBuilder(String service) {
    return discovered(ManagedChannelBuilder.forTarget(target(service)));
  }

  private static String target(String service) {
    return "etcd:///" + service;
  }

  private ManagedChannelBuilder<?> discovered(ManagedChannelBuilder<?> builder) {
    return configured(builder).intercept(new DiscoveredCalls());
  }

  /**
   * The same for a service at a fixed address.
   *
   * @param client names the service, for its circuit breaker
   * @param target gRPC's target, such as {@code payment.example.com:443}
   */
  public ManagedChannelBuilder<?> channelBuilder(String client, String target) {
    return configured(ManagedChannelBuilder.forTarget(target))
        .intercept(new ClientNameInterceptor(client));
  }

  private ManagedChannelBuilder<?> configured(ManagedChannelBuilder<?> builder) {
    resolver.resolve(builder);
    return builder
        .intercept(clientChain)
        // No server punishes this: the default minimum is five minutes, with calls only. The
        // balancer detects a frozen server within seconds.
        .keepAliveTime(KEEP_ALIVE_MINUTES, TimeUnit.MINUTES)
        .keepAliveTimeout(3, TimeUnit.SECONDS);
  }

  /** What is known of other services. */
  public InstanceDirectory directory() {
    return directory;
  }

  /** What the load balancers of its channels know at this moment. */
  public List<BalancedService> balancers() {
    return balanced.snapshot();
  }

  /** What is known of this program's registration. */
  public LeaseSnapshot registration() {
    return registrar.snapshot();
  }

  /** The breakers of called services, by name. */
  public CircuitBreakerRegistry circuitBreakers() {
    return breakers;
  }

  /** The active faults; empty unless fault injection is enabled. */
  public Optional<Faults> faults() {
    return faults;
  }

  /** What {@link PlatformBuilder#warmUp} has done. */
  public WarmUpReport warmUp() {
    return warmUps.report();
  }

  /** The program's phase between start and stop. */
  public LifecyclePhase phase() {
    return drain.phase();
  }

  /**
   * Deregisters, continues serving for the drain's delay, waits for in-flight calls, and closes
   * channels and connections. Blocks for all of it; does nothing when called again.
   */
  @Override
  public void close() {
    closing = true;
    warmUps.stop();
    Server running;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      running = server;
    }
    shutdown.run(running, channels);
    removeShutdownHook();
  }

  private List<Claim> claims(Server started, Map<String, String> security) {
    String host =
        settings.advertisedHost == null
            ? LocalAddress.reachable(started.getListenSockets())
            : settings.advertisedHost;
    int port = settings.advertisedPort == 0 ? started.getPort() : settings.advertisedPort;
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(InstanceMetadata.WEIGHT, Integer.toString(DEFAULT_WEIGHT));
    metadata.put(InstanceMetadata.GRPC_PORT, Integer.toString(started.getPort()));
    metadata.putAll(security);
    metadata.putAll(settings.metadata);
    metadata.put(InstanceMetadata.INSTANCE_ID, instanceId());
    metadata.put(InstanceMetadata.STARTED_AT, settings.clock.instant().toString());
    HostAndPort address = new HostAndPort(host, port);
    advertised = address;
    Instance instance = new Instance(settings.service, address, Map.copyOf(metadata));
    boolean ours = settings.advertisedPort == 0 && LocalAddress.isLocal(host);
    return Claim.of(codec, settings.layouts, instance, () -> ours);
  }

  private String instanceId() {
    return settings.instanceId == null ? UUID.randomUUID().toString() : settings.instanceId;
  }

  private void removeShutdownHook() {
    if (shutdownHook != null && Thread.currentThread() != shutdownHook) {
      try {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
      } catch (IllegalStateException e) {
        log.debug("The JVM is already shutting down", e);
      }
    }
  }
}
