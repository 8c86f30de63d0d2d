package dev.platform.spring.resilience;

import java.lang.annotation.Annotation;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.aspectj.lang.ProceedingJoinPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.aspectj.MethodInvocationProceedingJoinPoint;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.Ordered;

/**
 * Applies one of Resilience4j's aspects to calls of annotated methods, in the aspect's order. The
 * aspect is created with the first annotated bean.
 */
final class AnnotatedOperationAdvisor<A extends Annotation, T extends Ordered>
    implements PointcutAdvisor, Ordered {

  private final BeanFactory beans;
  private final Aspect<A, T> aspect;
  private final AnnotatedOperation<A> operations;

  AnnotatedOperationAdvisor(BeanFactory beans, Aspect<A, T> aspect, AnnotatedMethods seen) {
    this.beans = beans;
    this.aspect = aspect;
    this.operations = new AnnotatedOperation<>(aspect.annotation(), seen);
  }

  @Override
  public Pointcut getPointcut() {
    return operations;
  }

  @Override
  public Advice getAdvice() {
    return (MethodInterceptor) this::invoke;
  }

  @Override
  public int getOrder() {
    return bean().getOrder();
  }

  private @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Object target = invocation.getThis();
    Class<?> targetClass =
        target == null ? invocation.getMethod().getDeclaringClass() : target.getClass();
    A annotation = operations.find(invocation.getMethod(), targetClass);
    ProceedingJoinPoint operation =
        aspect.operation().of((ProxyMethodInvocation) invocation, annotation);
    return aspect.advice().around(bean(), operation, annotation);
  }

  private T bean() {
    return beans.getBean(aspect.bean(), aspect.type());
  }

  /**
   * One of Resilience4j's aspects.
   *
   * @param bean its bean name in Resilience4j's auto-configuration
   * @param type its class
   * @param annotation its annotation
   * @param advice its advice
   * @param operation the operation that the advice surrounds
   */
  record Aspect<A extends Annotation, T extends Ordered>(
      String bean,
      Class<T> type,
      Class<A> annotation,
      Around<A, T> advice,
      Operation<A> operation) {

    Aspect(String bean, Class<T> type, Class<A> annotation, Around<A, T> advice) {
      this(
          bean,
          type,
          annotation,
          advice,
          (call, found) -> new MethodInvocationProceedingJoinPoint(call));
    }
  }

  /** A call of an annotated method, with the advices inside it. */
  @FunctionalInterface
  interface Operation<A extends Annotation> {
    ProceedingJoinPoint of(ProxyMethodInvocation call, @Nullable A annotation);
  }

  /** An aspect's advice. */
  @FunctionalInterface
  interface Around<A extends Annotation, T> {
    @Nullable Object around(T aspect, ProceedingJoinPoint call, @Nullable A annotation)
        throws Throwable;
  }
}
