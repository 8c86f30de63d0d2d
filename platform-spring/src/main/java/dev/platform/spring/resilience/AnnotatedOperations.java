package dev.platform.spring.resilience;

import dev.platform.core.breaker.EnclosingBreakers;
import dev.platform.spring.resilience.AnnotatedOperationAdvisor.Aspect;
import io.github.resilience4j.bulkhead.annotation.Bulkhead;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.micrometer.annotation.Timer;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.spring6.bulkhead.configure.BulkheadAspect;
import io.github.resilience4j.spring6.circuitbreaker.configure.CircuitBreakerAspect;
import io.github.resilience4j.spring6.micrometer.configure.TimerAspect;
import io.github.resilience4j.spring6.ratelimiter.configure.RateLimiterAspect;
import io.github.resilience4j.spring6.retry.configure.RetryAspect;
import io.github.resilience4j.spring6.timelimiter.configure.TimeLimiterAspect;
import io.github.resilience4j.timelimiter.annotation.TimeLimiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.aspectj.lang.ProceedingJoinPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.aspectj.MethodInvocationProceedingJoinPoint;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.MutablePropertyValues;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds the methods with Resilience4j's annotations without AspectJ's matching of each method of
 * each bean. AspectJ reads the class file of every bean for each aspect, which took a fifth of an
 * application's start.
 *
 * <p>The aspects themselves are unchanged and do the work. An aspect bean of another class, such as
 * one that replaces Resilience4j's, is left to AspectJ, and so are the application's own aspects.
 * Does nothing when aspects are switched off ({@code spring.aop.auto=false}) or selected by name
 * ({@code includePatterns}).
 */
final class AnnotatedOperations implements BeanFactoryPostProcessor {

  private static final String INCLUDE_PATTERNS = "includePatterns";

  private static final List<Aspect<?, ?>> ASPECTS =
      List.of(
          new Aspect<>(
              "circuitBreakerAspect",
              CircuitBreakerAspect.class,
              CircuitBreaker.class,
              CircuitBreakerAspect::circuitBreakerAroundAdvice,
              AnnotatedOperations::guarded),
          new Aspect<>(
              "retryAspect", RetryAspect.class, Retry.class, RetryAspect::retryAroundAdvice),
          new Aspect<>(
              "rateLimiterAspect",
              RateLimiterAspect.class,
              RateLimiter.class,
              RateLimiterAspect::rateLimiterAroundAdvice),
          new Aspect<>(
              "timeLimiterAspect",
              TimeLimiterAspect.class,
              TimeLimiter.class,
              TimeLimiterAspect::timeLimiterAroundAdvice),
          new Aspect<>(
              "bulkheadAspect",
              BulkheadAspect.class,
              Bulkhead.class,
              BulkheadAspect::bulkheadAroundAdvice),
          new Aspect<>(
              "timerAspect", TimerAspect.class, Timer.class, TimerAspect::timerAroundAdvice));

  private final AnnotatedMethods seen;

  AnnotatedOperations(AnnotatedMethods seen) {
    this.seen = seen;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    if (!beans.containsBeanDefinition(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME)) {
      return;
    }
    MutablePropertyValues proxies =
        beans.getBeanDefinition(AopConfigUtils.AUTO_PROXY_CREATOR_BEAN_NAME).getPropertyValues();
    List<Aspect<?, ?>> aspects = found(beans);
    if (aspects.isEmpty() || proxies.contains(INCLUDE_PATTERNS)) {
      return;
    }
    proxies.add(INCLUDE_PATTERNS, List.of(allBut(aspects)));
    for (Aspect<?, ?> aspect : aspects) {
      beans.registerSingleton(
          "platform." + aspect.bean() + "Advisor",
          new AnnotatedOperationAdvisor<>(beans, aspect, seen));
    }
  }

  private static List<Aspect<?, ?>> found(ConfigurableListableBeanFactory beans) {
    List<Aspect<?, ?>> found = new ArrayList<>();
    for (Aspect<?, ?> aspect : ASPECTS) {
      if (beans.containsBeanDefinition(aspect.bean())
          && aspect.type().equals(beans.getType(aspect.bean(), false))) {
        found.add(aspect);
      }
    }
    return found;
  }

  private static String allBut(List<Aspect<?, ?>> aspects) {
    return aspects.stream().map(Aspect::bean).collect(Collectors.joining("|", "(?!(?:", ")$).*"));
  }

  /** A breaker whose name is an expression is not that of a called service. */
  private static ProceedingJoinPoint guarded(
      ProxyMethodInvocation call, @Nullable CircuitBreaker annotation) {
    return annotation == null
        ? new MethodInvocationProceedingJoinPoint(call)
        : new GuardedOperation(call, annotation.name());
  }

  /** Only the operation, without its fallback. */
  private static final class GuardedOperation extends MethodInvocationProceedingJoinPoint {

    private final String breaker;

    GuardedOperation(ProxyMethodInvocation call, String breaker) {
      super(call);
      this.breaker = breaker;
    }

    @Override
    public @Nullable Object proceed() throws Throwable {
      EnclosingBreakers inside = EnclosingBreakers.enter(breaker);
      Object result = null;
      try {
        result = super.proceed();
        return result;
      } finally {
        inside.leave();
        if (result instanceof CompletionStage<?> later) {
          later.whenComplete((value, failure) -> inside.end());
        } else {
          inside.end();
        }
      }
    }
  }
}
