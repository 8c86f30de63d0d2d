package dev.platform.spring.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.platform.core.breaker.BreakersAround;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.spring6.circuitbreaker.configure.CircuitBreakerAspect;
import io.github.resilience4j.spring6.circuitbreaker.configure.CircuitBreakerConfigurationProperties;
import io.github.resilience4j.spring6.fallback.FallbackExecutor;
import io.github.resilience4j.spring6.spelresolver.SpelResolver;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot3.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration;
import io.grpc.Context;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

@ExtendWith(OutputCaptureExtension.class)
class AnnotatedOperationsTest {

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  AopAutoConfiguration.class,
                  CircuitBreakerAutoConfiguration.class,
                  RetryAutoConfiguration.class,
                  RateLimiterAutoConfiguration.class,
                  OutcomeAutoConfiguration.class,
                  ResilienceAutoConfiguration.class));

  @Test
  void aCallKnowsItsEnclosingBreaker() {
    app.withBean(Till.class)
        .run(
            context -> {
              assertThat(context.getBean(Till.class).isGuarded()).isTrue();
              assertThat(context.getBean(Till.class).isFallbackGuarded()).isFalse();
              assertThat(BreakersAround.contains("till")).isFalse();
            });
  }

  @Test
  void aCallIsEnclosedUntilAnAsyncOperationEnds() {
    app.withBean(Till.class)
        .run(
            context -> {
              CompletableFuture<Void> end = new CompletableFuture<>();
              AtomicReference<Context> handedOn = new AtomicReference<>();
              context.getBean(Till.class).payLater(end, handedOn);

              assertThat(isGuarded(handedOn.get())).isTrue();
              assertThat(BreakersAround.contains("till")).isFalse();
              end.complete(null);
              assertThat(isGuarded(handedOn.get())).isFalse();
            });
  }

  private static boolean isGuarded(Context context) throws Exception {
    return context.call(() -> BreakersAround.contains("till"));
  }

  @Test
  void openingABreakerIsLoggedAndMarkedOnTheCallersSpan(CapturedOutput output) {
    app.withBean(Till.class)
        .withPropertyValues(
            "resilience4j.circuitbreaker.instances.till.sliding-window-size=2",
            "resilience4j.circuitbreaker.instances.till.minimum-number-of-calls=2")
        .run(
            context -> {
              Span span = SdkTracerProvider.builder().build().get("").spanBuilder("").startSpan();
              Till till = context.getBean(Till.class);
              try (Scope ignored = span.makeCurrent()) {
                till.price();
                till.price();
              }

              assertThat(output)
                  .containsOnlyOnce(
                      "circuit breaker till: CLOSED -> OPEN, 100 % of the window's calls failed");
              assertThat(((ReadableSpan) span).toSpanData().getEvents())
                  .extracting(EventData::getName)
                  .containsExactly("platform.circuit_breaker.transition");
            });
  }

  @Test
  void theAnnotatedMethodOfABeanIsProtectedAndTheOthersAreNot() {
    app.withBean(Till.class)
        .run(
            context -> {
              Till till = context.getBean(Till.class);
              context
                  .getBean(CircuitBreakerRegistry.class)
                  .circuitBreaker("till")
                  .transitionToOpenState();

              assertThatThrownBy(till::pay).isInstanceOf(CallNotPermittedException.class);
              assertThat(till.count()).isZero();
            });
  }

  @Test
  void theAnnotationOfAClassProtectsAllOfItsMethods() {
    app.withBean(Shop.class)
        .run(
            context -> {
              Shop shop = context.getBean(Shop.class);
              context
                  .getBean(CircuitBreakerRegistry.class)
                  .circuitBreaker("shop")
                  .transitionToOpenState();
              context
                  .getBean(CircuitBreakerRegistry.class)
                  .circuitBreaker("till")
                  .transitionToOpenState();

              assertThatThrownBy(shop::open).hasMessageContaining("'shop'");
              assertThatThrownBy(shop::pay).hasMessageContaining("'till'");
            });
  }

  @Test
  void theAnnotationOfAnInterfaceProtectsItsJdkProxy() {
    app.withBean(Bank.class, AnnotatedOperationsTest::bankByProxy)
        .run(
            context -> {
              context
                  .getBean(CircuitBreakerRegistry.class)
                  .circuitBreaker("bank")
                  .transitionToOpenState();

              assertThatThrownBy(context.getBean(Bank.class)::charge)
                  .isInstanceOf(CallNotPermittedException.class);
            });
  }

  @Test
  void theFallbackIsUsed() {
    app.withBean(Till.class)
        .run(
            context ->
                assertThat(context.getBean(Till.class).price()).isEqualTo("the last known price"));
  }

  @Test
  void aRetryEnclosesTheRateLimiterInResilience4jsOrder() {
    app.withBean(Till.class)
        .withPropertyValues(
            "resilience4j.retry.instances.till.max-attempts=3",
            "resilience4j.retry.instances.till.wait-duration=1ms",
            "resilience4j.ratelimiter.instances.till.limit-for-period=1",
            "resilience4j.ratelimiter.instances.till.limit-refresh-period=1h",
            "resilience4j.ratelimiter.instances.till.timeout-duration=0")
        .run(
            context -> {
              Till till = context.getBean(Till.class);

              assertThatThrownBy(till::limited).isInstanceOf(RequestNotPermitted.class);
              assertThat(till.count()).isEqualTo(1);
            });
  }

  @Test
  void aBeanWithoutAnnotationIsNotProxied() {
    app.withBean(Plain.class)
        .run(context -> assertThat(AopUtils.isAopProxy(context.getBean(Plain.class))).isFalse());
  }

  @Test
  void theApplicationsAspectsStillApply() {
    app.withUserConfiguration(OwnAspect.class)
        .withBean(Plain.class)
        .run(context -> assertThat(context.getBean(Plain.class).name()).isEqualTo("around plain"));
  }

  @Test
  void aReplacementOfResilience4jsAspectIsLeftToAspectJ() {
    app.withUserConfiguration(OwnBreaker.class)
        .withBean(Till.class)
        .run(
            context -> {
              context.getBean(Till.class).pay();

              assertThat(context.getBean(CountingBreakerAspect.class).calls).hasValue(1);
            });
  }

  @Test
  void eachAspectIsAppliedOnce() {
    app.withBean(Shop.class)
        .run(
            context -> {
              context.getBean(Shop.class).open();

              assertThat(
                      context
                          .getBean(CircuitBreakerRegistry.class)
                          .circuitBreaker("shop")
                          .getMetrics()
                          .getNumberOfBufferedCalls())
                  .isEqualTo(1);
              assertThat(((Advised) context.getBean(Shop.class)).getAdvisors())
                  .filteredOn(AnnotatedOperationAdvisor.class::isInstance)
                  .hasSize(1);
            });
  }

  @Test
  void nothingIsProtectedIfAspectsAreDisabled() {
    app.withBean(Till.class)
        .withPropertyValues("spring.aop.auto=false")
        .run(context -> assertThat(AopUtils.isAopProxy(context.getBean(Till.class))).isFalse());
  }

  private static Bank bankByProxy() {
    return (Bank)
        Proxy.newProxyInstance(
            AnnotatedOperationsTest.class.getClassLoader(),
            new Class<?>[] {Bank.class},
            (proxy, method, arguments) -> null);
  }

  static class Till {

    private final AtomicInteger calls = new AtomicInteger();

    @CircuitBreaker(name = "till")
    public void pay() {
      calls.incrementAndGet();
    }

    @CircuitBreaker(name = "till")
    public boolean isGuarded() {
      return BreakersAround.contains("till");
    }

    @CircuitBreaker(name = "till", fallbackMethod = "isGuardedInstead")
    public boolean isFallbackGuarded() {
      throw new IllegalStateException("no money");
    }

    boolean isGuardedInstead(Throwable cause) {
      return BreakersAround.contains("till");
    }

    @CircuitBreaker(name = "till")
    public CompletionStage<Void> payLater(
        CompletableFuture<Void> end, AtomicReference<Context> handedOn) {
      handedOn.set(Context.current());
      return end;
    }

    @Retry(name = "till")
    @RateLimiter(name = "till")
    public void limited() {
      calls.incrementAndGet();
      throw new IllegalStateException("no money");
    }

    @CircuitBreaker(name = "till", fallbackMethod = "lastKnown")
    public String price() {
      throw new IllegalStateException("no price");
    }

    String lastKnown(Throwable cause) {
      return "the last known price";
    }

    public int count() {
      return calls.get();
    }
  }

  @CircuitBreaker(name = "shop")
  static class Shop {

    public void open() {}

    @CircuitBreaker(name = "till")
    public void pay() {}
  }

  @CircuitBreaker(name = "bank")
  interface Bank {

    void charge();
  }

  static class Plain {

    public String name() {
      return "plain";
    }
  }

  @Aspect
  @Component
  static class OwnAspect {

    @Around("execution(* dev.platform.spring.resilience.AnnotatedOperationsTest.Plain.name())")
    public Object around(ProceedingJoinPoint call) throws Throwable {
      return "around " + call.proceed();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnBreaker {

    @Bean
    CountingBreakerAspect circuitBreakerAspect(
        CircuitBreakerConfigurationProperties properties,
        CircuitBreakerRegistry breakers,
        FallbackExecutor fallbacks,
        SpelResolver expressions) {
      return new CountingBreakerAspect(properties, breakers, fallbacks, expressions);
    }
  }

  @Aspect
  static class CountingBreakerAspect extends CircuitBreakerAspect {

    private final AtomicInteger calls = new AtomicInteger();

    CountingBreakerAspect(
        CircuitBreakerConfigurationProperties properties,
        CircuitBreakerRegistry breakers,
        FallbackExecutor fallbacks,
        SpelResolver expressions) {
      super(properties, breakers, List.of(), fallbacks, expressions);
    }

    @Around("@annotation(io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker)")
    public Object count(ProceedingJoinPoint call) throws Throwable {
      calls.incrementAndGet();
      return call.proceed();
    }
  }
}
