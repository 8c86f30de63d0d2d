package dev.platform.simulation;

import dev.platform.contracts.recommendation.v1.GetRecommendationsRequest;
import dev.platform.contracts.recommendation.v1.GetRecommendationsResponse;
import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.core.balancer.BalancedInstance;
import dev.platform.core.balancer.BalancedServices;
import dev.platform.core.balancer.BalancerContext;
import dev.platform.core.balancer.BalancerSettings;
import dev.platform.core.balancer.OutlierDetection;
import dev.platform.core.breaker.CircuitBreakerClientInterceptor;
import dev.platform.core.breaker.CircuitBreakerSettings;
import dev.platform.core.breaker.ServiceBreakers;
import dev.platform.core.call.CallRecorder;
import dev.platform.core.call.ClientCallRecord;
import dev.platform.core.discovery.InstanceDirectory;
import dev.platform.core.instance.SkippedInstances;
import dev.platform.core.outcome.OutcomeClassifier;
import dev.platform.core.resolver.AddressRule;
import dev.platform.core.resolver.DirectorySource;
import dev.platform.core.resolver.ResolverContext;
import dev.platform.core.resolver.ResolverContexts;
import dev.platform.core.retry.HedgingSettings;
import dev.platform.core.retry.RetryAndHedgingPolicy;
import dev.platform.core.retry.RetrySettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls the service through the platform's resolver, balancer and breaker. */
final class CallingClient {

  static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final MethodDescriptor<GetRecommendationsRequest, GetRecommendationsResponse>
      METHOD = RecommendationServiceGrpc.getGetRecommendationsMethod();

  private final Machine machine;
  private final CallRules rules;
  private final ResolverContext context;
  private final ServiceChannel channel;
  private final Channel calls;
  private final BalancedServices balanced = new BalancedServices();
  private final CircuitBreakerRegistry breakers;
  private final long pause;

  /**
   * @param pause between two calls, in nanoseconds
   */
  CallingClient(
      Machine machine,
      InstanceDirectory directory,
      CallRules rules,
      Function<SocketAddress, @Nullable Callee> callees,
      long pause) {
    this.machine = machine;
    this.rules = rules;
    this.pause = pause;
    CallRecorder recorder =
        new CallRecorder(
            OutcomeClassifier.standard(), machine.clock(), machine::nanoTime, machine.deadlines());
    this.context = context(directory, recorder);
    ResolverContexts.jvm().add(context);
    this.channel = new ServiceChannel(machine, context, rules, callees);
    this.breakers = CircuitBreakerRegistry.of(breakerConfig());
    this.calls =
        ClientInterceptors.interceptForward(
            channel,
            recorder,
            new Timeout(),
            new CircuitBreakerClientInterceptor(
                new ServiceBreakers(
                    breakers, CircuitBreakerSettings.defaults(), machine::nanoTime)));
  }

  private ResolverContext context(InstanceDirectory directory, CallRecorder recorder) {
    RetrySettings retries = RetrySettings.defaults();
    return new ResolverContext(
        new DirectorySource(directory),
        null,
        "peak_ewma",
        new BalancerSettings(true, OutlierDetection.defaults()),
        new BalancerContext(
            recorder,
            (service, reason, avoided) -> rules.avoided(reason, avoided),
            () -> "",
            balanced),
        new RetryAndHedgingPolicy(
            new RetrySettings(
                false,
                false,
                List.of(),
                List.of(),
                retries.maxAttempts(),
                retries.initialBackoff(),
                retries.maxBackoff(),
                retries.budget()),
            HedgingSettings.none(),
            recorder),
        directory.waitForFirstList(),
        AddressRule.unless(address -> true),
        new SkippedInstances());
  }

  /** The platform's defaults; a timer of its own would be in real time. */
  private CircuitBreakerConfig breakerConfig() {
    return CircuitBreakerConfig.custom()
        .slidingWindow(10, 20, SlidingWindowType.TIME_BASED)
        .failureRateThreshold(50)
        .slowCallDurationThreshold(Duration.ofSeconds(3))
        .slowCallRateThreshold(80)
        .waitDurationInOpenState(Duration.ofSeconds(30))
        .permittedNumberOfCallsInHalfOpenState(3)
        .maxWaitDurationInHalfOpenState(Duration.ZERO)
        .automaticTransitionFromOpenToHalfOpenEnabled(false)
        .clock(machine.clock())
        .currentTimestampFunction(unused -> machine.nanoTime(), TimeUnit.NANOSECONDS)
        .build();
  }

  /** Calls for ever. */
  void start() {
    rules.watch(this);
    next();
  }

  private void next() {
    machine.after(
        pause / 2 + machine.random().nextLong(pause),
        () -> {
          call();
          next();
        });
  }

  private void call() {
    rules.breaker().begins(state());
    ClientCalls.asyncUnaryCall(
        calls.newCall(METHOD, CallOptions.DEFAULT),
        GetRecommendationsRequest.getDefaultInstance(),
        new Ended());
    rules.breaker().begun();
  }

  CircuitBreaker.State state() {
    return breakers.circuitBreaker(InstanceProcess.SERVICE).getState();
  }

  /** What the balancer knows of each instance. */
  List<BalancedInstance> instances() {
    return balanced.snapshot().stream().flatMap(each -> each.instances().stream()).toList();
  }

  void stop() {
    channel.close();
    context.close();
  }

  private final class Ended implements StreamObserver<GetRecommendationsResponse> {

    @Override
    public void onNext(GetRecommendationsResponse answer) {
      rules.breaker().succeeded();
    }

    @Override
    public void onError(Throwable failure) {
      rules.breaker().failed(failure);
    }

    @Override
    public void onCompleted() {
      // What matters was the answer.
    }
  }

  /** Each call has the configured timeout. */
  private final class Timeout implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      Deadline deadline =
          Deadline.after(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS, machine.deadlines());
      ClientCallRecord call = ClientCallRecord.of(options);
      call.configuredTimeout(TIMEOUT);
      call.ownDeadline(deadline);
      return next.newCall(method, options.withDeadline(deadline));
    }
  }
}
