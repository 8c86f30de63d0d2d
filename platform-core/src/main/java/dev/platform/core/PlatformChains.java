package dev.platform.core;

import dev.platform.core.authorization.AuthorizationMode;
import dev.platform.core.authorization.AuthorizationServerInterceptor;
import dev.platform.core.breaker.CallNotPermittedMapper;
import dev.platform.core.breaker.CircuitBreakerClientInterceptor;
import dev.platform.core.breaker.ServiceBreakers;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.chain.CallerClientInterceptor;
import dev.platform.core.chain.ClientChain;
import dev.platform.core.chain.ClientLink;
import dev.platform.core.chain.ClientStage;
import dev.platform.core.chain.ServerChain;
import dev.platform.core.chain.ServerLink;
import dev.platform.core.chain.ServerStage;
import dev.platform.core.concurrency.ConcurrencyLimit;
import dev.platform.core.concurrency.ConcurrencyLimitServerInterceptor;
import dev.platform.core.deadline.DeadlineClientInterceptor;
import dev.platform.core.deadline.DeadlineServerInterceptor;
import dev.platform.core.drain.Drain;
import dev.platform.core.drain.GrpcHealth;
import dev.platform.core.drain.OpenCalls;
import dev.platform.core.drain.UnfinishedCalls;
import dev.platform.core.failure.FailureServerInterceptor;
import dev.platform.core.failure.GrpcExceptionMapping;
import dev.platform.core.failure.TrailerLimitServerInterceptor;
import dev.platform.core.fault.FaultClientInterceptor;
import dev.platform.core.fault.FaultServerInterceptor;
import dev.platform.core.fault.FaultThreads;
import dev.platform.core.fault.Faults;
import dev.platform.core.identity.AuthenticationServerInterceptor;
import dev.platform.core.identity.SecurityAudit;
import dev.platform.core.identity.UserTokenClientInterceptor;
import dev.platform.core.outcome.RejectionServerInterceptor;
import dev.platform.core.priority.PriorityClientInterceptor;
import dev.platform.core.priority.PriorityServerInterceptor;
import dev.platform.core.ratelimit.RateLimitServerInterceptor;
import dev.platform.core.ratelimit.SharedRateLimits;
import dev.platform.core.request.IncomingRequests;
import dev.platform.core.retry.RetryClientInterceptor;
import dev.platform.core.retry.RetryServerInterceptor;
import dev.platform.core.start.WarmUpChains;
import dev.platform.core.start.WarmUps;
import dev.platform.core.telemetry.CallLog;
import dev.platform.core.telemetry.GrpcTelemetry;
import dev.platform.core.telemetry.HeaderPropagation;
import dev.platform.core.telemetry.LogRateLimit;
import dev.platform.core.telemetry.OpenTelemetryCallConvention;
import dev.platform.core.telemetry.RpcKeys;
import dev.platform.core.telemetry.SpanSource;
import dev.platform.core.telemetry.TelemetryClientInterceptor;
import dev.platform.core.telemetry.TelemetryServerInterceptor;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The interceptors of a program without a framework. */
final class PlatformChains {

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SLOW_CALL = Duration.ofSeconds(1);
  private static final int LINES_PER_SECOND = 10;
  private static final Set<String> UNTRACED =
      Set.of(
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection");

  private final PlatformBuilder settings;
  private final CircuitBreakerRegistry breakers;
  private final CallRecorder recorder;
  private final GrpcTelemetry telemetry;
  private final HeaderPropagation propagation;
  private final IncomingRequests requests;
  private final OpenResources resources;
  private final MeterRegistry meters;
  private final FaultThreads faultThreads;
  private final @Nullable Faults faults;
  private final List<ServerLink> serverLinks;
  private final List<ClientLink> clientLinks;
  private final OpenCalls calls = new OpenCalls();
  private final UnfinishedCalls unfinished = new UnfinishedCalls();

  /**
   * @param resources closes what the interceptors need
   */
  PlatformChains(
      PlatformBuilder settings,
      CircuitBreakerRegistry breakers,
      CallRecorder recorder,
      OpenResources resources) {
    this.settings = settings;
    this.breakers = breakers;
    this.recorder = recorder;
    this.resources = resources;
    this.meters = settings.meters == null ? new CompositeMeterRegistry() : settings.meters;
    this.faultThreads = resources.add(new FaultThreads(settings.threads));
    this.faults =
        settings.faultInjection
            ? new Faults(faultThreads, settings.clock, settings.random::nextDouble, meters)
            : null;
    this.requests =
        resources.add(new IncomingRequests(REQUEST_TIMEOUT, settings.nanoTime, settings.threads));
    this.propagation =
        new HeaderPropagation(settings.telemetry.getPropagators().getTextMapPropagator());
    this.telemetry =
        new GrpcTelemetry(
            new OpenTelemetryCallConvention(RpcKeys.CURRENT),
            recorder,
            new SpanSource(settings.telemetry.getTracer("dev.platform.grpc"), UNTRACED, false),
            side ->
                new CallLog(
                    side, SLOW_CALL, () -> new LogRateLimit(LINES_PER_SECOND, settings.nanoTime)),
            settings.meters);
    this.clientLinks = madeCalls();
    this.serverLinks = servedCalls();
  }

  IncomingRequests requests() {
    return requests;
  }

  Optional<Faults> faults() {
    return Optional.ofNullable(faults);
  }

  ClientChain client() {
    return new ClientChain(clientLinks);
  }

  private List<ClientLink> madeCalls() {
    List<ClientLink> links = new ArrayList<>();
    links.add(new ClientLink(ClientStage.RECORD, recorder));
    links.add(
        new ClientLink(
            ClientStage.TELEMETRY, new TelemetryClientInterceptor(telemetry, propagation)));
    links.add(
        new ClientLink(ClientStage.DEADLINE, new DeadlineClientInterceptor(settings.deadlines)));
    links.add(
        new ClientLink(
            ClientStage.CIRCUIT_BREAKER,
            new CircuitBreakerClientInterceptor(
                new ServiceBreakers(breakers, settings.breakers, settings.nanoTime))));
    links.add(new ClientLink(ClientStage.CALLER, new CallerClientInterceptor(settings.service)));
    links.add(new ClientLink(ClientStage.PRIORITY, new PriorityClientInterceptor()));
    if (settings.users != null) {
      links.add(
          new ClientLink(
              ClientStage.USER_TOKEN,
              new UserTokenClientInterceptor(settings.authentication.tokensWithoutTls(), meters)));
    }
    links.add(new ClientLink(ClientStage.RETRY, new RetryClientInterceptor()));
    if (faults != null) {
      links.add(
          new ClientLink(
              ClientStage.FAULT_INJECTION, new FaultClientInterceptor(faults, faultThreads)));
    }
    return links;
  }

  WarmUps warmUps() {
    return new WarmUps(
        settings.warmUpSettings,
        () -> WarmUpChains.of(serverLinks, clientLinks, requests, settings.nanoTime),
        settings.threads,
        settings.nanoTime);
  }

  ServerChain server() {
    return new ServerChain(serverLinks, requests);
  }

  private List<ServerLink> servedCalls() {
    List<ServerLink> links = new ArrayList<>();
    links.add(new ServerLink(ServerStage.UNFINISHED_CALLS, unfinished));
    links.add(
        new ServerLink(
            ServerStage.TRAILER_LIMIT,
            new TrailerLimitServerInterceptor(settings.maxTrailersSize)));
    links.add(new ServerLink(ServerStage.REJECTION, new RejectionServerInterceptor()));
    links.add(
        new ServerLink(
            ServerStage.TELEMETRY, new TelemetryServerInterceptor(telemetry, propagation)));
    identity(links);
    links.add(
        new ServerLink(
            ServerStage.DEADLINE,
            new DeadlineServerInterceptor(settings.deadlines, meters, settings.nanoTime)));
    links.add(
        new ServerLink(ServerStage.PRIORITY, new PriorityServerInterceptor(settings.priorities)));
    links.add(new ServerLink(ServerStage.UPSTREAM_RETRY, new RetryServerInterceptor()));
    limits(links);
    if (faults != null) {
      links.add(
          new ServerLink(
              ServerStage.FAULT_INJECTION,
              new FaultServerInterceptor(faults, faultThreads, PlatformChains::inTrace)));
    }
    links.add(
        new ServerLink(
            ServerStage.EXCEPTION_MAPPING,
            new FailureServerInterceptor(
                new GrpcExceptionMapping(List.of(new CallNotPermittedMapper())))));
    links.add(new ServerLink(ServerStage.OPEN_CALLS, calls));
    return links;
  }

  private void identity(List<ServerLink> links) {
    SecurityAudit audit = new SecurityAudit(settings.nanoTime);
    links.add(
        new ServerLink(
            ServerStage.AUTHENTICATION,
            new AuthenticationServerInterceptor(
                settings.authentication,
                settings.workloads,
                settings.users,
                audit,
                meters,
                settings.clock,
                settings.nanoTime)));
    if (settings.authorization != AuthorizationMode.OFF) {
      links.add(
          new ServerLink(
              ServerStage.AUTHORIZATION,
              new AuthorizationServerInterceptor(
                  settings.rules, settings.authorization, settings.learned, audit, meters)));
    }
  }

  private void limits(List<ServerLink> links) {
    if (!settings.rateLimits.isEmpty()) {
      SharedRateLimits unshared = resources.add(SharedRateLimits.none(settings.threads));
      links.add(
          new ServerLink(
              ServerStage.RATE_LIMIT,
              new RateLimitServerInterceptor(
                  settings.rateLimits.limits(unshared, meters),
                  unshared.executor(),
                  PlatformChains::inTrace)));
    }
    if (settings.concurrency != null) {
      ConcurrencyLimit limit =
          settings.adaptiveConcurrency
              ? ConcurrencyLimit.adaptive(settings.concurrency.adaptive(), settings.nanoTime)
              : ConcurrencyLimit.fixed(settings.concurrency.limit());
      limit.bindTo(meters);
      links.add(
          new ServerLink(
              ServerStage.CONCURRENCY_LIMIT,
              new ConcurrencyLimitServerInterceptor(
                  limit, settings.concurrency, meters, settings.nanoTime)));
    }
  }

  private static Runnable inTrace(Runnable work) {
    return Context.current().wrap(work);
  }

  Drain drain(GrpcHealth health) {
    return new Drain(
        settings.drain, calls, unfinished, health, settings.nanoTime, settings.threads);
  }
}
