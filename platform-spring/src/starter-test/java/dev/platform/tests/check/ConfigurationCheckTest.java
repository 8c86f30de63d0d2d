package dev.platform.tests.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.platform.contracts.recommendation.v1.RecommendationServiceGrpc;
import dev.platform.spring.check.CalledMethods;
import dev.platform.spring.check.ConfigurationCheckAutoConfiguration;
import dev.platform.spring.config.MethodVariables;
import dev.platform.spring.deadline.DeadlineProperties;
import dev.platform.spring.resilience.OutcomeAutoConfiguration;
import dev.platform.spring.resilience.ResilienceAutoConfiguration;
import dev.platform.tests.line.Line;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class ConfigurationCheckTest {

  private static final String METHOD = "recommendation.v1.RecommendationService/GetRecommendations";
  private static final String VARIABLE =
      "PLATFORM_DEADLINE_METHODS_RECOMMENDATION_V1_RECOMMENDATIONSERVICE_GETRECOMMENDATIONS";

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(Line.resilience4j()))
          .withConfiguration(
              AutoConfigurations.of(
                  OutcomeAutoConfiguration.class,
                  ResilienceAutoConfiguration.class,
                  ConfigurationCheckAutoConfiguration.class))
          .withBean(Caller.class);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "platform.mesh.enabled=true,platform.registry.enabled=false,"
            + "platform.registry.lease-ttl=20s"
            + " | platform.registry.lease-ttl: set in \"platform.registry.lease-ttl\" from property"
            + " source \"test\" (expected: not set, or platform.registry.enabled=true:"
            + " platform.mesh.enabled switches registration off)",
        "platform.mesh.enabled=true,platform.registry.enabled=false,"
            + "platform.discovery.enabled=false,platform.etcd.password=secret"
            + " | platform.etcd.password: set in \"platform.etcd.password\" from property source"
            + " \"test\" (expected: not set: platform.mesh.enabled switches registration and"
            + " discovery off)",
        "platform.mesh.enabled=true,platform.grpc.load-balancing=pick_first,"
            + "platform.grpc.zone=a"
            + " | platform.grpc.zone: set in \"platform.grpc.zone\" from property source \"test\""
            + " (expected: not set, or platform.grpc.load-balancing=peak_ewma: platform.mesh.enabled"
            + " switches balancing off)",
        "platform.mesh.enabled=true,platform.security.transport.mode=strict"
            + " | platform.security.transport.mode: strict (expected: plaintext: with"
            + " platform.mesh.enabled the mesh's proxies encrypt, and can't balance calls that are"
            + " encrypted before)",
        "platform.resilience.retry.methods[0]=payment.v1.PaymentServce"
            + " | platform.resilience.retry.methods[0]: payment.v1.PaymentServce (expected: a method"
            + " or service that a client of this application (@Client) has, such as"
            + " recommendation.v1.RecommendationService)",
        "platform.resilience.retry.excluded-methods[0]=a.B/C"
            + " | platform.resilience.retry.excluded-methods[0]: a.B/C (expected: a method or service"
            + " that a client of this application (@Client) has, such as"
            + " recommendation.v1.RecommendationService)",
        "platform.deadline.methods[a.B/C]=1s"
            + " | platform.deadline.methods: a.B/C (expected: a method or service that a client of"
            + " this application (@Client) has, such as recommendation.v1.RecommendationService)",
        "platform.resilience.hedging.methods[a.B]=1s"
            + " | platform.resilience.hedging.methods: a.B (expected: a method or service that a"
            + " client of this application (@Client) has, such as"
            + " recommendation.v1.RecommendationService)",
        "platform.resilience.hedging.methods["
            + METHOD
            + "]=50ms,platform.resilience.retry.by-proto-option=false"
            + " | platform.resilience.hedging.methods: "
            + METHOD
            + " (expected: an idempotent method (option idempotency_level in its proto, or"
            + " platform.resilience.retry.methods) whose client sends one message: this one is not"
            + " hedged)",
        "platform.resilience.hedging.methods[recommendation.v1.RecommendationService]=3s,"
            + "platform.deadline.methods[recommendation.v1.RecommendationService]=3s"
            + " | platform.resilience.hedging.methods[recommendation.v1.RecommendationService]: 3000ms"
            + " (expected: less than the deadline of these calls, 3000ms: none is hedged)",
        "platform.deadline.minimums[a.B/C]=1s"
            + " | platform.deadline.minimums: a.B/C (expected: a method or service that this"
            + " application's server has)",
        "platform.resilience.rate-limit.methods[a.B]=api"
            + " | platform.resilience.rate-limit.methods: a.B (expected: a method or service that this"
            + " application's server has)",
        "resilience4j.circuitbreaker.instances.recommendations.wait-duration-in-open-state=1s"
            + " | resilience4j.circuitbreaker.instances: recommendations (expected: a service of"
            + " @Client, one of [recommendation-service], or the name of a @CircuitBreaker)",
        "resilience4j.circuitbreaker.configs.default.minimum-number-of-calls=200,"
            + "resilience4j.circuitbreaker.configs.default.sliding-window-size=100"
            + " | resilience4j.circuitbreaker.configs.default.minimum-number-of-calls: 200 (expected:"
            + " at most sliding-window-size, 100)",
        "platform.grpc.server-executor.non-blocking[0]=a.B/C"
            + " | platform.grpc.server-executor.non-blocking[0]: a.B/C (expected: a method or service"
            + " that this application's server has)",
        "platform.grpc.server-executor.non-blocking=a.B,"
            + "platform.grpc.server-executor.enabled=false"
            + " | platform.grpc.server-executor.non-blocking: a.B (expected: no methods, or"
            + " platform.grpc.server-executor.enabled=true: another executor runs all of them)",
        "platform.resilience.concurrency-limit.mode=fixed,"
            + "platform.resilience.concurrency-limit.limit=200"
            + " | platform.resilience.concurrency-limit.limit: 200 (expected: less than"
            + " platform.grpc.server-executor.max-threads, 200: calls wait for a thread before they"
            + " are refused)",
        "platform.resilience.concurrency-limit.mode=adaptive,"
            + "platform.grpc.server-executor.max-threads=100"
            + " | platform.resilience.concurrency-limit.adaptive.max-limit: 180 (expected: less than"
            + " platform.grpc.server-executor.max-threads, 100: calls wait for a thread before they"
            + " are refused)",
        "platform.resilience.circuit-breaker.scope=method,"
            + "resilience4j.circuitbreaker.instances.recommendation-service.sliding-window-size=10"
            + " | resilience4j.circuitbreaker.instances: recommendation-service (expected:"
            + " service/package.Service/Method with a service of @Client, one of"
            + " [recommendation-service], or the name of a @CircuitBreaker:"
            + " platform.resilience.circuit-breaker.scope is method)",
        "resilience4j.circuitbreaker.instances[recommendation-service/"
            + METHOD
            + "].sliding-window-size=10"
            + " | resilience4j.circuitbreaker.instances: recommendation-service/"
            + METHOD
            + " (expected: a service of @Client, one of [recommendation-service], or the name of"
            + " a @CircuitBreaker: platform.resilience.circuit-breaker.scope is service)",
        "resilience4j.ratelimiter.instances.api.limit-refresh-period=1s"
            + " | resilience4j.ratelimiter.instances: api (expected: a limiter that"
            + " platform.resilience.rate-limit.server, .methods or .caller.limiter names, or a"
            + " @RateLimiter)",
        "platform.deadline.methods["
            + METHOD
            + "]=5s,platform.deadline.max-timeout=4s,"
            + "platform.deadline.default-timeout=4s"
            + " | platform.deadline.methods["
            + METHOD
            + "]: 5000ms (expected: at most platform.deadline.max-timeout, 4000ms, which cuts it)",
        "platform.deadline.methods["
            + METHOD
            + "]=180ms"
            + " | platform.resilience.retry.max-attempts: 3 (expected: so few that their pauses, up to"
            + " 180ms, fit into platform.deadline.methods["
            + METHOD
            + "], 180ms)",
        "platform.resilience.rate-limit.server=api,"
            + "resilience4j.ratelimiter.instances.api.limit-for-period=10"
            + " | resilience4j.ratelimiter.instances.api.limit-refresh-period: null (expected: long"
            + " enough for limit-for-period to limit anything, such as 1s)",
        "platform.deadline.default-timeout=10s,platform.deadline.max-timeout=4s"
            + " | platform.deadline.default-timeout: 10000ms (expected: at most"
            + " platform.deadline.max-timeout, 4000ms, which cuts it)",
        "platform.discovery.wait-for-first-list=5s"
            + " | platform.discovery.wait-for-first-list: 5000ms (expected: less than"
            + " platform.deadline.default-timeout, 5000ms: otherwise callers get DEADLINE_EXCEEDED"
            + " instead of the name of the missing service)",
        "platform.resilience.retry.initial-backoff=2s,platform.resilience.retry.max-backoff=3s"
            + " | platform.resilience.retry.max-attempts: 3 (expected: so few that their pauses, up to"
            + " 6000ms, fit into platform.deadline.default-timeout, 5000ms)",
        "spring.lifecycle.timeout-per-shutdown-phase=20s"
            + " | spring.lifecycle.timeout-per-shutdown-phase: 20000ms (expected: more than"
            + " platform.drain.timeout, 30000ms)",
        "platform.drain.grace-period=30s"
            + " | platform.drain.timeout: 30000ms (expected: with platform.drain.delay, 1000ms, less than"
            + " platform.drain.grace-period, 30000ms, after which the process is killed)",
      })
  void reportsSettingsWithoutTheIntendedEffect(
      String properties, String expected, CapturedOutput output) {
    app.withPropertyValues(properties.split(","))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(output)
                  .containsOnlyOnce("WARN")
                  .contains(expected.replace("@Client", Line.clientAnnotation()));
            });
  }

  @Test
  void acceptsConsistentSettings(CapturedOutput output) {
    app.withBean(Shop.class)
        .withPropertyValues(
            "platform.resilience.retry.methods[0]=" + METHOD,
            "platform.deadline.methods[recommendation.v1.RecommendationService]=1s",
            "platform.resilience.hedging.methods[" + METHOD + "]=50ms",
            "resilience4j.circuitbreaker.instances.recommendation-service.sliding-window-size=10",
            "resilience4j.circuitbreaker.configs.seconds.sliding-window-type=TIME_BASED",
            "resilience4j.circuitbreaker.instances.shop.base-config=seconds",
            "resilience4j.circuitbreaker.instances.shop.sliding-window-size=10",
            "resilience4j.circuitbreaker.instances.shop.minimum-number-of-calls=20",
            "resilience4j.ratelimiter.configs.default.timeout-duration=0s",
            "resilience4j.ratelimiter.configs.slow.limit-refresh-period=1s",
            "resilience4j.ratelimiter.instances.api.base-config=slow",
            "platform.resilience.rate-limit.caller.limiter=api",
            "platform.drain.grace-period=45s")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(output).doesNotContain("platform.configuration-check");
            });
  }

  /** What Spring Cloud registers elsewhere, a mesh does not switch off. */
  @Test
  void acceptsThatOtherRegistriesAreSwitchedOffInAMesh(CapturedOutput output) {
    app.withPropertyValues(
            "platform.mesh.enabled=true",
            "platform.registry.enabled=false",
            "platform.registry.other-registries=false")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(output).doesNotContain("other-registries");
            });
  }

  @Test
  void reportsAFallbackThatHidesFailuresFromARetry(CapturedOutput output) {
    app.withBean(Hidden.class)
        .run(
            context ->
                assertThat(output)
                    .contains(
                        "@CircuitBreaker(fallbackMethod) and @Retry on Hidden.price: both (expected: the"
                            + " fallback on @Retry: that of the breaker hides failures from it)"));
  }

  @Test
  void reportsAnUnconfiguredRateLimiter(CapturedOutput output) {
    app.withBean(Gate.class)
        .withPropertyValues("resilience4j.ratelimiter.instances.gate.limit-refresh-period=1s")
        .run(
            context ->
                assertThat(output)
                    .containsOnlyOnce("WARN")
                    .contains(
                        "@RateLimiter on Gate.enter: gaet (expected: one of"
                            + " resilience4j.ratelimiter.instances, [gate]: under another name"
                            + " nothing is limited)"));
  }

  @Test
  void acceptsARateLimiterWithAConfiguredDefault(CapturedOutput output) {
    app.withBean(Gate.class)
        .withPropertyValues("resilience4j.ratelimiter.configs.default.limit-refresh-period=1s")
        .run(context -> assertThat(output).doesNotContain("@RateLimiter on Gate.enter"));
  }

  @Test
  void ignoresNamesThatAreExpressions(CapturedOutput output) {
    app.withBean(Dynamic.class)
        .withPropertyValues(
            "resilience4j.circuitbreaker.instances.any.sliding-window-size=10",
            "resilience4j.ratelimiter.instances.any.limit-refresh-period=1s")
        .run(context -> assertThat(output).doesNotContain("platform.configuration-check"));
  }

  @Test
  void refusesToStartIfConfigured() {
    app.withPropertyValues(
            "platform.configuration-check.on-finding=fail", "platform.drain.grace-period=30s")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasMessageContaining("platform.drain.timeout: 30000ms (expected: with"));
  }

  @Test
  void refusesToStartWithAllFindingsAtOnce() {
    app.withPropertyValues(
            "platform.configuration-check.on-finding=fail",
            "platform.drain.grace-period=30s",
            "platform.deadline.default-timeout=10s",
            "platform.deadline.max-timeout=4s")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasMessageContaining("platform.drain.timeout: 30000ms (expected: with")
                    .hasMessageContaining("platform.deadline.default-timeout: 10000ms (expected"));
  }

  @Test
  void explainsHowToWriteTheNameOfAMethod(CapturedOutput output) {
    app.withPropertyValues(
            "platform.deadline.methods.recommendation.v1.RecommendationService/GetRecommendations=300ms")
        .run(
            context ->
                assertThat(output)
                    .containsOnlyOnce("WARN")
                    .contains(
                        "expected: the name in brackets: platform.deadline.methods[%s], or the environment variable %s)"
                            .formatted(METHOD, VARIABLE)));
  }

  @Test
  void aMisspelledElementOfAListIsToldItsSpelling(CapturedOutput output) {
    String property = "platform.resilience.retry.methods[0]";
    String misspelled = METHOD.toLowerCase(Locale.ROOT);
    app.withPropertyValues(property + "=" + misspelled)
        .run(
            context ->
                assertThat(output)
                    .containsOnlyOnce("WARN")
                    .contains("%s: %s (expected: %s)".formatted(property, misspelled, METHOD)));
  }

  @Test
  void acceptsTheNameOfAMethodInAnEnvironmentVariable(CapturedOutput output) {
    app.withInitializer(context -> variables(context.getEnvironment(), Map.of(VARIABLE, "300ms")))
        .run(
            context -> {
              assertThat(output).doesNotContain("WARN");
              assertThat(
                      Binder.get(context.getEnvironment())
                          .bindOrCreate("platform.deadline", DeadlineProperties.class)
                          .methods()
                          .get(METHOD))
                  .isEqualTo(Duration.ofMillis(300));
            });
  }

  @Test
  void reportsAnUnknownMethodInAnEnvironmentVariable(CapturedOutput output) {
    app.withInitializer(
            context ->
                variables(
                    context.getEnvironment(),
                    Map.of("PLATFORM_DEADLINE_METHODS_UNKNOWN_V1_SERVICE_CALL", "300ms")))
        .run(
            context ->
                assertThat(output)
                    .containsOnlyOnce("WARN")
                    .contains("platform.deadline.methods: unknown.v1.service.call (expected: a"));
  }

  private static void variables(
      ConfigurableEnvironment environment, Map<String, Object> variables) {
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    new MethodVariables().addTo(environment);
  }

  @Test
  void canBeDisabled(CapturedOutput output) {
    app.withPropertyValues(
            "platform.configuration-check.on-finding=ignore", "platform.drain.grace-period=30s")
        .run(context -> assertThat(output).doesNotContain("platform.drain.timeout"));
  }

  /** Has a client, with any client framework. */
  static class Caller {
    Caller(CalledMethods called) {
      called.add("recommendation-service", RecommendationServiceGrpc.newBlockingStub(new Unused()));
    }
  }

  private static final class Unused extends Channel {

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      throw new IllegalStateException("never called");
    }

    @Override
    public String authority() {
      return "recommendation-service";
    }
  }

  static class Shop {
    @CircuitBreaker(name = "shop")
    public void open() {}
  }

  static class Gate {
    @RateLimiter(name = "gaet")
    public void enter() {}

    @RateLimiter(name = "gate")
    public void leave() {}
  }

  static class Dynamic {
    @CircuitBreaker(name = "#root.args[0]")
    @RateLimiter(name = "${limiter}")
    public void enter(String name) {}
  }

  static class Hidden {
    @Retry(name = "price")
    @CircuitBreaker(name = "price", fallbackMethod = "lastKnown")
    public String price() {
      throw new IllegalStateException();
    }

    String lastKnown(Throwable cause) {
      return "1";
    }
  }
}
