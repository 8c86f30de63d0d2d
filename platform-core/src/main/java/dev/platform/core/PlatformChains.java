package dev.platform.core;

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
import dev.platform.core.deadline.DeadlineClientInterceptor;
import dev.platform.core.deadline.DeadlineServerInterceptor;
import dev.platform.core.drain.Drain;
import dev.platform.core.drain.GrpcHealth;
import dev.platform.core.drain.OpenCalls;
import dev.platform.core.drain.UnfinishedCalls;
import dev.platform.core.failure.FailureServerInterceptor;
import dev.platform.core.failure.GrpcExceptionMapping;
import dev.platform.core.outcome.RejectionServerInterceptor;
import dev.platform.core.request.IncomingRequests;
import dev.platform.core.retry.RetryClientInterceptor;
import dev.platform.core.retry.RetryServerInterceptor;
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
import java.time.Duration;
import java.util.List;
import java.util.Set;

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
  private final OpenCalls calls = new OpenCalls();
  private final UnfinishedCalls unfinished = new UnfinishedCalls();

  PlatformChains(PlatformBuilder settings, CircuitBreakerRegistry breakers, CallRecorder recorder) {
    this.settings = settings;
    this.breakers = breakers;
    this.recorder = recorder;
    this.requests = new IncomingRequests(REQUEST_TIMEOUT, settings.nanoTime, settings.threads);
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
  }

  IncomingRequests requests() {
    return requests;
  }

  ClientChain client() {
    return new ClientChain(
        List.of(
            new ClientLink(ClientStage.RECORD, recorder),
            new ClientLink(
                ClientStage.TELEMETRY, new TelemetryClientInterceptor(telemetry, propagation)),
            new ClientLink(ClientStage.DEADLINE, new DeadlineClientInterceptor(settings.deadlines)),
            new ClientLink(
                ClientStage.CIRCUIT_BREAKER,
                new CircuitBreakerClientInterceptor(
                    new ServiceBreakers(breakers, settings.breakers, settings.nanoTime))),
            new ClientLink(ClientStage.CALLER, new CallerClientInterceptor(settings.service)),
            new ClientLink(ClientStage.RETRY, new RetryClientInterceptor())));
  }

  ServerChain server() {
    return new ServerChain(
        List.of(
            new ServerLink(ServerStage.UNFINISHED_CALLS, unfinished),
            new ServerLink(ServerStage.REJECTION, new RejectionServerInterceptor()),
            new ServerLink(
                ServerStage.TELEMETRY, new TelemetryServerInterceptor(telemetry, propagation)),
            new ServerLink(ServerStage.DEADLINE, new DeadlineServerInterceptor(settings.deadlines)),
            new ServerLink(ServerStage.UPSTREAM_RETRY, new RetryServerInterceptor()),
            new ServerLink(
                ServerStage.EXCEPTION_MAPPING,
                new FailureServerInterceptor(
                    new GrpcExceptionMapping(List.of(new CallNotPermittedMapper())))),
            new ServerLink(ServerStage.OPEN_CALLS, calls)),
        requests);
  }

  Drain drain(GrpcHealth health) {
    return new Drain(
        settings.drain, calls, unfinished, health, settings.nanoTime, settings.threads);
  }
}
